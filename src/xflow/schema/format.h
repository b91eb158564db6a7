// What `format` names, as checks of one string. Total and linear in the string.
#pragma once

#include <string_view>

namespace xf::schema {

using FormatCheck = bool (*)(std::string_view);

// nullptr: a format that is not known here, which is never asserted.
FormatCheck find_format(std::string_view name);

// One file for each family.
namespace format {
bool is_date(std::string_view);       // RFC 3339: full-date
bool is_time(std::string_view);       // RFC 3339: full-time
bool is_date_time(std::string_view);  // RFC 3339: date-time
bool is_duration(std::string_view);   // RFC 3339, appendix A

bool is_uri(std::string_view);            // RFC 3986
bool is_uri_reference(std::string_view);  // RFC 3986
bool is_iri(std::string_view);            // RFC 3987
bool is_iri_reference(std::string_view);  // RFC 3987
bool is_uri_template(std::string_view);   // RFC 6570

bool is_hostname(std::string_view);   // RFC 1123
bool is_ipv4(std::string_view);       // RFC 2673, section 3.2
bool is_ipv6(std::string_view);       // RFC 4291, section 2.2
bool is_email(std::string_view);      // RFC 5321: mailbox
bool is_idn_email(std::string_view);  // RFC 6531

bool is_uuid(std::string_view);                   // RFC 4122
bool is_json_pointer(std::string_view);           // RFC 6901
bool is_relative_json_pointer(std::string_view);  // draft-handrews-relative-json-pointer-01
bool is_regex(std::string_view);                  // ECMA-262
}  // namespace format

}  // namespace xf::schema
