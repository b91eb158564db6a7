#include "xflow/engine/fault.h"
#include "xflow/engine/kinds.h"
namespace xf::engine::nodes {
constinit const Kind kListen = {
    .enter = [](Machine& m, Frame& f) { raise(m, f, faults::unavailable("listen")); }};
}
