// Server-sent events; see live.h.
#include "gateway/live.h"

#include <algorithm>
#include <deque>

#include "base/json/print.h"
#include "gateway/encode.h"
#include "gateway/problem.h"

namespace xf::gateway {
namespace {

constexpr std::uint32_t kPage = 200;

bool ends(engine::Happened what) {
  return what == engine::Happened::kWorkflowCompleted || what == engine::Happened::kWorkflowFaulted ||
         what == engine::Happened::kWorkflowCancelled;
}

}  // namespace

// One stream. Either a page is being read, or the client is full, or it is idle and waits for turned().
class Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(std::shared_ptr<Live> live, runtime::InstanceDetail instance, std::string tenant,
           engine::TracePosition after)
      : live_(std::move(live)),
        instance_(std::move(instance)),
        tenant_(std::move(tenant)),
        position_(after),
        finished_(engine::is_final(instance_.summary.status)) {}

  const std::string& id() const { return instance_.summary.id; }

  void open(http::Responder responder) {
    auto self = shared_from_this();
    http::Response head{.status = 200,
                        .content_type = "text/event-stream",
                        .headers = {{"Cache-Control", "no-store"}},
                        .body = ""};
    http::StreamOptions options;
    options.on_close = [self] { self->close(); };
    options.on_writable = [self] { self->write(); };
    {
      std::lock_guard lock(mutex_);
      stream_ = responder.stream(std::move(head), std::move(options));
    }
    more();
  }

  // There may be more to read.
  void more() {
    {
      std::lock_guard lock(mutex_);
      dirty_ = true;
      if (closed_ || reading_ || !waiting_.empty()) return;
      reading_ = true;
      dirty_ = false;
    }
    read();
  }

 private:
  void read() {
    runtime::HistoryQuery query{.tenant = tenant_, .instance = id(), .after = position_, .limit = kPage};
    live_->runtime_.history(std::move(query),
                            [self = shared_from_this()](Result<runtime::Page<runtime::HistoryEntry>> page) {
                              self->took(std::move(page));
                            });
  }

  void took(Result<runtime::Page<runtime::HistoryEntry>> page) {
    {
      std::lock_guard lock(mutex_);
      reading_ = false;
      if (!page) {
        finished_ = true;
      } else {
        for (const runtime::HistoryEntry& entry : page->items) {
          position_ = entry.position;
          waiting_.push_back("id: " + encode(entry.position) + "\ndata: " +
                             json::print(encode(entry, id(), instance_.summary.definition)) + "\n\n");
          // An ended instance can be retried: only an end that nothing follows ends the stream.
          finished_ = ends(entry.entry.what);
        }
        if (!page->next.empty()) dirty_ = true;
      }
    }
    write();
  }

  void write() {
    bool again = false;
    {
      std::lock_guard lock(mutex_);
      if (closed_) return;
      while (!waiting_.empty()) {
        http::Written written = stream_.write(waiting_.front());
        if (written == http::Written::kFull) return;
        if (written == http::Written::kClosed) break;
        waiting_.pop_front();
      }
      again = dirty_ && !reading_;
    }
    if (again) return more();
    std::unique_lock lock(mutex_);
    if (!finished_ || closed_) return;
    http::Stream stream = std::move(stream_);
    lock.unlock();
    stream.end();
  }

  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
      waiting_.clear();
    }
    live_->remove(id(), this);
  }

  std::shared_ptr<Live> live_;
  runtime::InstanceDetail instance_;
  std::string tenant_;
  std::mutex mutex_;
  http::Stream stream_;
  engine::TracePosition position_;
  std::deque<std::string> waiting_;  // written when the client has room
  bool finished_;  // what has been read ends with an end
  bool reading_ = false, dirty_ = false, closed_ = false;
};

void Live::follow(std::string tenant, std::string instance, engine::TracePosition after,
                  http::Responder responder) {
  auto begin = [self = shared_from_this(), tenant, after,
                responder = std::move(responder)](Result<runtime::InstanceDetail> found) mutable {
    if (!found) return responder.send(problem(found.error()));
    auto follower = std::make_shared<Follower>(self, *std::move(found), tenant, after);
    {
      std::lock_guard lock(self->mutex_);
      self->followers_[follower->id()].push_back(follower);
      self->followed_ = self->followers_.size();
    }
    follower->open(std::move(responder));
  };
  runtime_.instance(tenant, std::move(instance), std::move(begin));
}

void Live::turned(const std::string& instance) {
  std::vector<std::shared_ptr<Follower>> awake;
  {
    std::lock_guard lock(mutex_);
    auto found = followers_.find(instance);
    if (found != followers_.end()) awake = found->second;
  }
  for (const auto& follower : awake) follower->more();
}

void Live::remove(const std::string& instance, const Follower* gone) {
  std::lock_guard lock(mutex_);
  auto found = followers_.find(instance);
  if (found == followers_.end()) return;
  std::erase_if(found->second, [gone](const auto& follower) { return follower.get() == gone; });
  if (found->second.empty()) followers_.erase(found);
  followed_ = followers_.size();
}

}  // namespace xf::gateway
