// Pages of pco's wrapped format (classic mode, integers, consecutive differences) on their way to values.
// Written after pco's format description, docs/format.md of the pcodec project, format 4.1.
#pragma once
#include "page_chunk.hpp"

#include <algorithm>
#include <cstring>

namespace vedette {
namespace {

constexpr int64_t kBatch = 256;
constexpr int kMaxOrder = 7;
// A batch takes at most 256 * (14 + 64) bits; a page this close to the end of the data is copied before it is read.
constexpr int64_t kOvershoot = 4096;

inline uint64_t load64(const uint8_t* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// One batch of numbers on their way.
template <typename L>
struct Scratch {
  L latents[kBatch];
  uint8_t offset_bits[kBatch];  // how long each offset is; they follow each other
};

// The four interleaved states of one page's decoder, and how far it has read.
template <typename L>
struct Lanes {
  const Node<L>* nodes;
  const uint8_t* data;
  uint64_t bit;
  uint32_t s0, s1, s2, s3;
  L* latents;
  uint8_t* offset_bits;

  void one(int64_t at, uint32_t& state, uint64_t packed, int& shift) {
    const Node<L>& node = nodes[state];
    latents[at] = node.lower;
    offset_bits[at] = node.offset_bits;
    state = node.next + (static_cast<uint32_t>(packed >> shift) & ((1u << node.state_bits) - 1));
    shift += node.state_bits;
  }
  void four(int64_t at) {  // four states take at most 56 bits, and the first begins within a byte
    uint64_t packed = load64(data + bit / 8);
    int shift = static_cast<int>(bit % 8), start = shift;
    one(at, s0, packed, shift);
    one(at + 1, s1, packed, shift);
    one(at + 2, s2, packed, shift);
    one(at + 3, s3, packed, shift);
    bit += static_cast<uint64_t>(shift - start);
  }
  void rest(int64_t at, int64_t count) {
    uint32_t* states[3] = {&s0, &s1, &s2};
    for (int j = 0; at < count; ++at, ++j) {
      uint64_t packed = load64(data + bit / 8);
      int shift = static_cast<int>(bit % 8), start = shift;
      one(at, *states[j], packed, shift);
      bit += static_cast<uint64_t>(shift - start);
    }
  }
};

// Adds the offsets that begin at a bit, kAtOnce of which have no more than 57 bits together.
template <typename L, int kAtOnce>
void add_offsets(const uint8_t* data, int64_t bit, int64_t count, Scratch<L>& s) {
  uint64_t at = static_cast<uint64_t>(bit);
  int64_t i = 0;
  for (; i + kAtOnce <= count; i += kAtOnce) {
    uint64_t word = load64(data + at / 8) >> (at % 8);
    for (int j = 0; j < kAtOnce; ++j) {
      int bits = s.offset_bits[i + j];
      s.latents[i + j] = static_cast<L>(s.latents[i + j] + static_cast<L>(word & ((1ull << bits) - 1)));
      word >>= bits;
      at += static_cast<uint64_t>(bits);
    }
  }
  for (; i < count; ++i) {
    int bits = s.offset_bits[i];
    uint64_t word = load64(data + at / 8) >> (at % 8);
    s.latents[i] = static_cast<L>(s.latents[i] + static_cast<L>(word & ((1ull << bits) - 1)));
    at += static_cast<uint64_t>(bits);
  }
}

// The same for offsets of up to 64 bits.
template <typename L>
void add_wide_offsets(const uint8_t* data, int64_t bit, int64_t count, Scratch<L>& s) {
  uint64_t at = static_cast<uint64_t>(bit);
  for (int64_t i = 0; i < count; ++i) {
    int bits = s.offset_bits[i], shift = static_cast<int>(at % 8);
    const uint8_t* from = data + at / 8;
    uint64_t value = load64(from) >> shift;
    if (bits + shift > 64) value |= static_cast<uint64_t>(from[8]) << (64 - shift);
    uint64_t mask = bits == 64 ? ~0ull : (1ull << bits) - 1;
    s.latents[i] = static_cast<L>(s.latents[i] + static_cast<L>(value & mask));
    at += static_cast<uint64_t>(bits);
  }
}

template <typename L>
void add_up(L* latents, int64_t count, L* moments, int order) {
  constexpr L kMiddle = static_cast<L>(L{1} << (sizeof(L) * 8 - 1));
  for (int64_t i = 0; i < count; ++i) latents[i] = static_cast<L>(latents[i] ^ kMiddle);
  for (int round = order - 1; round >= 0; --round) {
    L sum = moments[round];
    for (int64_t i = 0; i < count; ++i) {
      L step = latents[i];
      latents[i] = sum;
      sum = static_cast<L>(sum + step);
    }
    moments[round] = sum;
  }
}

// What add_up makes of the moment after a whole batch of first differences.
template <typename L>
L sum_up(const L* latents, L moment) {
  // The middles that were left out, 256 times half the range, add up to zero.
  for (int64_t i = 0; i < kBatch; ++i) moment = static_cast<L>(moment + latents[i]);
  return moment;
}

// Latents [from, to) of a batch become values.
template <typename L, typename Signed>
void emit(const L* latents, int64_t from, int64_t to, double multiplier, double divisor, double* out) {
  constexpr L kMiddle = static_cast<L>(L{1} << (sizeof(L) * 8 - 1));
  int64_t count = to - from;
  const L* in = latents + from;
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<double>(static_cast<Signed>(static_cast<L>(in[i] ^ kMiddle)));
  if (multiplier != 1.0)
    for (int64_t i = 0; i < count; ++i) out[i] *= multiplier;
  if (divisor != 1.0)
    for (int64_t i = 0; i < count; ++i) out[i] /= divisor;
}

// Where values of a page go: columns [from, to) of the page.
struct Target {
  int64_t from, to;
  double multiplier, divisor;
  double* out;
};

// A page on its way to values, a batch at a time; two of them can take turns, which hides how long each waits for its
// next state.
template <typename L, typename Signed>
class PageStream {
 public:
  // False when the page is too short to be one. `data` must be readable for kOvershoot bytes beyond the page.
  bool begin(const Chunk<L>& chunk, const uint8_t* data, int64_t bytes, int64_t samples, const Target& target) {
    chunk_ = &chunk, data_ = data, bytes_ = bytes, samples_ = samples, target_ = target, done_ = 0;
    BitReader head(data, bytes);
    for (int i = 0; i < chunk.order; ++i) moments_[i] = static_cast<L>(head.read(sizeof(L) * 8));
    for (uint32_t& state : states_) state = static_cast<uint32_t>(head.read(chunk.table_log));
    bit_ = head.next_byte() * 8;
    return head.good;
  }
  bool ended() const { return done_ >= target_.to; }

  // The next batch; false when it makes no sense.
  bool step() {
    int64_t coded = this->coded();
    if (chunk_->one_bin) {
      fill_one_bin(coded);
      return finish(coded);
    }
    Lanes<L> lanes = this->lanes();
    int64_t i = 0;
    for (; i + 4 <= coded; i += 4) lanes.four(i);
    lanes.rest(i, coded);
    return take(lanes, coded);
  }

  // The next batch of two pages; which of them make no sense is told.
  static void step_both(PageStream& a, PageStream& b, bool& a_good, bool& b_good) {
    if (a.coded() != kBatch || b.coded() != kBatch || a.chunk_->one_bin || b.chunk_->one_bin) {
      a_good = a.step();
      b_good = b.step();
      return;
    }
    Lanes<L> first = a.lanes(), second = b.lanes();
    for (int64_t i = 0; i < kBatch; i += 4) {
      first.four(i);
      second.four(i);
    }
    a_good = a.take(first, kBatch);
    b_good = b.take(second, kBatch);
  }

 private:
  int64_t coded() const { return std::clamp<int64_t>(samples_ - done_ - chunk_->order, 0, kBatch); }
  Lanes<L> lanes() {
    return {chunk_->nodes.data(), data_, static_cast<uint64_t>(bit_), states_[0], states_[1], states_[2], states_[3], s_.latents, s_.offset_bits};
  }
  void fill_one_bin(int64_t coded) {
    int each = chunk_->nodes[0].offset_bits;
    for (int64_t i = 0; i < coded; ++i) {
      s_.latents[i] = chunk_->nodes[0].lower;
      s_.offset_bits[i] = static_cast<uint8_t>(each);
    }
  }
  bool take(const Lanes<L>& lanes, int64_t coded) {
    bit_ = static_cast<int64_t>(lanes.bit);
    states_[0] = lanes.s0, states_[1] = lanes.s1, states_[2] = lanes.s2, states_[3] = lanes.s3;
    return finish(coded);
  }
  // Lower bounds and the lengths of offsets are there: read the offsets, undo the differences, give values.
  bool finish(int64_t coded) {
    const Chunk<L>& chunk = *chunk_;
    int64_t count = std::min(kBatch, samples_ - done_);
    // Of a batch before the wanted columns only the sum matters, of the last one only what is wanted.
    bool skipped = done_ + kBatch <= target_.from;
    int64_t used = skipped ? (chunk.order > 0 ? coded : 0) : std::min(coded, target_.to - done_);
    if (chunk.max_offset_bits > 56) {
      add_wide_offsets(data_, bit_, used, s_);
    } else if (chunk.max_offset_bits > 28) {
      add_offsets<L, 1>(data_, bit_, used, s_);
    } else if (chunk.max_offset_bits > 14) {
      add_offsets<L, 2>(data_, bit_, used, s_);
    } else if (chunk.max_offset_bits > 0) {
      add_offsets<L, 4>(data_, bit_, used, s_);
    }
    uint32_t offset_bits = 0;
    for (int64_t i = 0; i < coded; ++i) offset_bits += s_.offset_bits[i];
    bit_ += offset_bits;
    if (bit_ > bytes_ * 8) return false;
    if (skipped && chunk.order == 1) {
      moments_[0] = sum_up(s_.latents, moments_[0]);
    } else if (chunk.order > 0) {
      std::fill(s_.latents + coded, s_.latents + count, L{0});
      add_up(s_.latents, count, moments_, chunk.order);
    }
    int64_t from = std::max(target_.from, done_), to = std::min(target_.to, done_ + count);
    if (from < to) {
      double* out = target_.out + (from - target_.from);
      emit<L, Signed>(s_.latents, from - done_, to - done_, target_.multiplier, target_.divisor, out);
    }
    done_ += kBatch;
    return true;
  }

  const Chunk<L>* chunk_;
  const uint8_t* data_;
  int64_t bytes_, samples_, bit_, done_;
  Target target_;
  L moments_[kMaxOrder];
  uint32_t states_[4];
  Scratch<L> s_;
};

// Runs a page, or two until one of them has ended; what makes no sense is not good.
template <typename L, typename Signed>
void run_pages(PageStream<L, Signed>& a, PageStream<L, Signed>* b, bool& a_good, bool& b_good) {
  a_good = b_good = true;
  if (b == nullptr) {
    while (a_good && !a.ended()) a_good = a.step();
  } else {
    while (a_good && b_good && !a.ended() && !b->ended()) PageStream<L, Signed>::step_both(a, *b, a_good, b_good);
  }
}

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
// The same compiled for processors that have shifts by a variable without flags, a fifth faster.
template <typename L, typename Signed>
__attribute__((target("avx2,bmi,bmi2"), flatten)) void run_pages_fast(PageStream<L, Signed>& a, PageStream<L, Signed>* b,
                                                                      bool& a_good, bool& b_good) {
  run_pages(a, b, a_good, b_good);
}
inline bool is_fast() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
#else
template <typename L, typename Signed>
void run_pages_fast(PageStream<L, Signed>& a, PageStream<L, Signed>* b, bool& a_good, bool& b_good) {
  run_pages(a, b, a_good, b_good);
}
inline bool is_fast() { return false; }
#endif

}  // namespace
}  // namespace vedette
