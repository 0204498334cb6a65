// The intern table: raw keys -> refs, and the columns that a walk over a request fills through it.
#pragma once
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vedette {

// As in intern.py.
constexpr int64_t kNoTimestamp = INT64_MIN;
constexpr int64_t kUnresolved = -1;
constexpr int64_t kMissed = -1000;
constexpr size_t kMaxKeyBytes = 65535;
constexpr size_t kMaxExamples = 10;
// Small messages must not become enormous columns: an empty sample takes two bytes on the wire and 24 here.
constexpr size_t kMaxSamples = size_t{1} << 22;
constexpr size_t kMaxSymbols = size_t{1} << 22;
constexpr size_t kMaxLabelRefs = 2 * kMaxKeyBytes;
constexpr uint64_t kStaleBits = 0x7FF0000000000002;
constexpr uint64_t kNormalNanBits = 0x7FF8000000000001;
// Against requests that are small but name enormous keys again and again (remote write 2.0 refers to symbols).
constexpr size_t kMaxMissedKeyBytes = size_t{128} << 20;
constexpr size_t kMaxBuiltKeyBytes = size_t{1} << 30;

enum Problem : int {
  kBadName = 1,
  kBadLabels = 2,
  kBadValue = 3,
  kBadTimestamp = 4,
  kTrailingText = 5,
  kNoValue = 6,
  kNoFields = 7,
  kBadField = 8,
  kStringValue = 9,
  kExemplar = 10,
  kNativeHistogram = 11,
  kNoEof = 12,
  kAfterEof = 13,
  kKeyTooLong = 14,
  kBadSymbol = 15,
  kTooManyMisses = 16,
  kTruncated = 20,
  kBadWireType = 21,
  kTooManySymbols = 22,
  kTooManySamples = 23,
};

// Ends a walk: nothing after this place can be read.
struct Fatal {
  int code;
  size_t position;
};

// SipHash-1-3: keyed, so that nobody who does not know the key can make all keys fall into one place.
class Hasher {
 public:
  Hasher(uint64_t key0, uint64_t key1) : key0_(key0), key1_(key1) {}

  uint64_t operator()(const char* data, size_t length) const {
    uint64_t v0 = key0_ ^ 0x736f6d6570736575, v1 = key1_ ^ 0x646f72616e646f6d;
    uint64_t v2 = key0_ ^ 0x6c7967656e657261, v3 = key1_ ^ 0x7465646279746573;
    const char* end = data + (length & ~size_t{7});
    for (; data != end; data += 8) {
      uint64_t word;
      std::memcpy(&word, data, 8);
      v3 ^= word;
      round(v0, v1, v2, v3);
      v0 ^= word;
    }
    uint64_t last = 0;
    std::memcpy(&last, data, length & 7);
    last |= static_cast<uint64_t>(length) << 56;
    v3 ^= last;
    round(v0, v1, v2, v3);
    v0 ^= last;
    v2 ^= 0xff;
    for (int i = 0; i < 3; ++i) round(v0, v1, v2, v3);
    return v0 ^ v1 ^ v2 ^ v3;
  }

 private:
  static uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }
  static void round(uint64_t& v0, uint64_t& v1, uint64_t& v2, uint64_t& v3) {
    v0 += v1;
    v1 = rotate(v1, 13) ^ v0;
    v0 = rotate(v0, 32);
    v2 += v3;
    v3 = rotate(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotate(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotate(v1, 17) ^ v2;
    v2 = rotate(v2, 32);
  }
  uint64_t key0_, key1_;
};

// An open-addressing map from keys to dense entry numbers; keys live in an arena and never move.
class KeyMap {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  explicit KeyMap(const Hasher& hasher) : hasher_(hasher) { clear(); }

  void clear() {
    slots_.assign(64, 0);
    slots_.shrink_to_fit();
    entries_.clear();
    entries_.shrink_to_fit();
    chunks_.clear();
    room_ = 0;
    key_bytes_ = 0;
    restart();
    first_ = kNone;
  }

  // A new walk begins: senders tend to send the same keys in the same order, so each key's successor is remembered.
  void restart() { previous_ = kNone; }

  // The entry that is expected next; kNone when there is no idea.
  uint32_t expected() const { return previous_ == kNone ? first_ : entries_[previous_].next; }

  bool is_key(uint32_t entry, const char* key, size_t length) const {
    return entries_[entry].length == length && std::memcmp(entries_[entry].key, key, length) == 0;
  }

  std::string_view key(uint32_t entry) const { return {entries_[entry].key, entries_[entry].length}; }

  // The entry of a key, or kNone.
  uint32_t find(const char* key, size_t length) {
    uint32_t guess = expected();
    if (guess != kNone && is_key(guess, key, length)) return guess;
    hash_ = hasher_(key, length);
    size_t mask = slots_.size() - 1;
    for (size_t at = hash_ & mask;; at = (at + 1) & mask) {
      if (slots_[at] == 0) return kNone;
      uint32_t entry = slots_[at] - 1;
      if (entries_[entry].hash == hash_ && is_key(entry, key, length)) return entry;
    }
  }

  // Adds a key that the `find` just before did not find.
  uint32_t insert(const char* key, size_t length) {
    uint32_t entry = static_cast<uint32_t>(entries_.size());
    entries_.push_back({hash_, store(key, length), static_cast<uint32_t>(length), kNone});
    key_bytes_ += length;
    if (entries_.size() * 2 > slots_.size()) {
      grow();
    } else {
      place(entry);
    }
    return entry;
  }

  // Notes that this entry came next in the walk.
  void follow(uint32_t entry) {
    if (previous_ == kNone) {
      first_ = entry;
    } else {
      entries_[previous_].next = entry;
    }
    previous_ = entry;
  }

  size_t size() const { return entries_.size(); }
  size_t key_bytes() const { return key_bytes_; }

 private:
  struct Entry {
    uint64_t hash;
    const char* key;
    uint32_t length;
    uint32_t next;
  };

  void place(uint32_t entry) {
    size_t mask = slots_.size() - 1;
    size_t at = entries_[entry].hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = entry + 1;
  }

  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (uint32_t entry = 0; entry < entries_.size(); ++entry) place(entry);
  }

  const char* store(const char* key, size_t length) {
    if (length > room_) {
      // Small tables (one per scraped target) stay small; big ones take bigger pieces.
      size_t piece = key_bytes_ < 65536 ? 4096 : key_bytes_ < (1 << 20) ? 65536 : (1 << 20);
      if (piece < length) piece = length;
      chunks_.push_back(std::make_unique<char[]>(piece));
      next_ = chunks_.back().get();
      room_ = piece;
    }
    char* home = next_;
    std::memcpy(home, key, length);
    next_ += length;
    room_ -= length;
    return home;
  }

  Hasher hasher_;
  std::vector<uint32_t> slots_;  // entry + 1; 0 is empty
  std::vector<Entry> entries_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  size_t room_ = 0;
  size_t key_bytes_ = 0;
  uint64_t hash_ = 0;
  uint32_t previous_ = kNone;
  uint32_t first_ = kNone;
};

struct Columns {
  std::vector<int64_t> refs, timestamps;
  std::vector<double> values;
  std::vector<int64_t> missed;
  std::vector<std::string> keys;
  std::map<int, int64_t> problems;
  std::vector<std::pair<int, int64_t>> examples;
  std::vector<std::string> metadata;
  size_t missed_bytes = 0;

  void clear() {
    // Room is kept for the next walk, but not that of an extraordinary one.
    if (refs.capacity() > (size_t{1} << 20)) {
      refs = {};
      timestamps = {};
      values = {};
    }
    refs.clear();
    timestamps.clear();
    values.clear();
    missed.clear();
    keys = {};
    problems.clear();
    examples.clear();
    metadata = {};
    missed_bytes = 0;
  }

  void problem(int code, int64_t position, int64_t count = 1) {
    if (count == 0) return;
    problems[code] += count;
    if (examples.size() < kMaxExamples) examples.emplace_back(code, position);
  }

  void append(int64_t ref, int64_t timestamp, double value) {
    if (refs.size() >= kMaxSamples) throw Fatal{kTooManySamples, 0};
    refs.push_back(ref);
    timestamps.push_back(timestamp);
    values.push_back(value);
  }
};

struct Table {
  Table(uint64_t key0, uint64_t key1, size_t max_misses)
      : hasher(key0, key1), keys(hasher), lines(hasher), max_misses(max_misses) {}

  struct State {
    int64_t ref;
    uint32_t seen;  // the sweep in which the key was last used
    uint32_t walk;  // the walk that missed it ..
    int64_t miss;   // .. and as which of its misses
  };

  std::mutex mutex;  // taken without the GIL
  Hasher hasher;
  KeyMap keys;
  KeyMap lines;  // line protocol: the text before the fields; `keys` then begin with its entry
  std::vector<State> states;
  std::string comments;  // of the previous exposition
  std::string scratch;
  Columns columns;
  size_t max_misses;
  int64_t generation = 0;
  uint32_t sweep = 1, walk = 0;
  int64_t used = 0;
  size_t built_bytes = 0;

  void begin() {
    columns.clear();
    keys.restart();
    lines.restart();
    ++walk;
    built_bytes = 0;
  }

  void forget() {
    ++generation;
    keys.clear();
    lines.clear();
    states.clear();
    states.shrink_to_fit();
    comments.clear();
    used = 0;
  }

  // The ref of a key, or a code; kUnresolved when its samples are to be left out (the problem is noted). `name` gives
  // the key as its owner wants to see it when it is missed.
  template <typename Name>
  int64_t ref_of(const char* key, size_t length, size_t named_length, int64_t position, int64_t samples, bool* missed,
                 Name&& name) {
    *missed = false;
    if (named_length > kMaxKeyBytes) {
      columns.problem(kKeyTooLong, position, samples);
      return kUnresolved;
    }
    uint32_t entry = keys.find(key, length);
    bool full = columns.keys.size() >= max_misses || columns.missed_bytes > kMaxMissedKeyBytes;
    if (entry == KeyMap::kNone) {
      if (full) {
        columns.problem(kTooManyMisses, position, samples);
        return kUnresolved;
      }
      entry = keys.insert(key, length);
      states.push_back({kUnresolved, 0, 0, 0});
    }
    keys.follow(entry);
    State& state = states[entry];
    if (state.seen != sweep) {
      state.seen = sweep;
      ++used;
    }
    if (state.ref != kUnresolved) return state.ref;
    if (state.walk == walk) return kMissed - state.miss;
    if (full) {
      columns.problem(kTooManyMisses, position, samples);
      return kUnresolved;
    }
    state.walk = walk;
    state.miss = static_cast<int64_t>(columns.keys.size());
    columns.missed.push_back(entry);
    columns.keys.push_back(name());
    columns.missed_bytes += columns.keys.back().size();
    *missed = true;
    return kMissed - state.miss;
  }

  int64_t ref_of(const char* key, size_t length, int64_t position, int64_t samples, bool* missed) {
    return ref_of(key, length, length, position, samples, missed, [&] { return std::string(key, length); });
  }
};

}  // namespace vedette
