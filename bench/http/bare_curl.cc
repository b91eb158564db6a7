// Bare libcurl multi: the least code that keeps N POSTs in flight on one thread, handles and connections
// kept.
#include <curl/curl.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "bench/http/peers.h"

namespace xf::bench {

namespace {

std::size_t append(char* bytes, std::size_t, std::size_t size, void* body) {
  static_cast<std::string*>(body)->append(bytes, size);
  return size;
}

}  // namespace

double bare_curl_calls_per_s(std::uint16_t port, unsigned in_flight, double seconds) {
  CURLM* multi = curl_multi_init();
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + "/";
  std::vector<CURL*> handles;
  std::vector<std::string> bodies(in_flight);
  for (auto& body : bodies) {
    CURL* easy = handles.emplace_back(curl_easy_init());
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, kBody);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &body);
    curl_multi_add_handle(multi, easy);
  }
  const auto begin = monotonic_us();
  const auto end = begin + static_cast<std::int64_t>(seconds * 1e6);
  std::uint64_t done = 0;
  unsigned left = in_flight;
  while (left > 0) {
    int count = 0;
    curl_multi_perform(multi, &count);
    while (CURLMsg* message = curl_multi_info_read(multi, &count)) {
      CURL* easy = message->easy_handle;
      std::string* body = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
      body->clear();
      ++done;
      curl_multi_remove_handle(multi, easy);
      if (monotonic_us() < end)
        curl_multi_add_handle(multi, easy);
      else
        --left;
    }
    curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  const double per_second = static_cast<double>(done) * 1e6 / static_cast<double>(monotonic_us() - begin);
  for (CURL* easy : handles) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  curl_slist_free_all(headers);
  return per_second;
}

}  // namespace xf::bench
