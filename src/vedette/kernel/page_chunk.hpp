// The description of a chunk in pco's wrapped format: what all of its pages share, as the table of a decoder.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace vedette {
namespace {

enum Status : uint8_t { kPending = 0, kDone = 1, kDamaged = 2 };

constexpr int kMaxTableLog = 14;

inline int floor_log2(uint32_t x) {  // x > 0
#if defined(__GNUC__) || defined(__clang__)
  return 31 - __builtin_clz(x);
#else
  int log = 0;
  while (x >>= 1) ++log;
  return log;
#endif
}

// Reads little-endian bit fields and never goes beyond the end; `good` tells.
class BitReader {
 public:
  BitReader(const uint8_t* data, int64_t bytes) : data_(data), bits_(bytes * 8) {}
  uint64_t read(int count) {
    if (at_ + count > bits_) {
      good = false;
      return 0;
    }
    uint64_t value = 0;
    for (int done = 0; done < count;) {
      int shift = static_cast<int>(at_ % 8), take = std::min(8 - shift, count - done);
      uint64_t part = (data_[at_ / 8] >> shift) & ((1u << take) - 1);
      value |= part << done;
      done += take;
      at_ += take;
    }
    return value;
  }
  int64_t next_byte() const { return (at_ + 7) / 8; }
  bool good = true;

 private:
  const uint8_t* data_;
  int64_t bits_;
  int64_t at_ = 0;
};

// A state of the decoder: what it stands for and where it leads.
template <typename L>
struct alignas(8) Node {
  uint16_t next;
  uint8_t state_bits;
  uint8_t offset_bits;
  L lower;
};

// What all pages of a chunk share. L is the unsigned integer of the numbers' width.
template <typename L>
struct Chunk {
  int order = 0;
  int table_log = 0;
  int max_offset_bits = 0;
  bool one_bin = false;
  std::vector<Node<L>> nodes;

  Status parse(const uint8_t* data, int64_t bytes) {
    BitReader reader(data, bytes);
    if (reader.read(4) != 0) return reader.good ? kPending : kDamaged;  // not the classic mode
    uint64_t delta = reader.read(4);
    if (delta > 1) return kPending;
    order = delta == 1 ? static_cast<int>(reader.read(3)) : 0;
    if (delta == 1) reader.read(1);
    table_log = static_cast<int>(reader.read(4));
    uint64_t bins = reader.read(15);
    uint64_t states = 1ull << table_log;
    if (!reader.good || table_log > kMaxTableLog || bins > states) return kDamaged;
    std::vector<uint32_t> weights(std::max<uint64_t>(bins, 1), 1);
    std::vector<L> lower(weights.size(), 0);
    std::vector<uint8_t> offset_bits(weights.size(), 0);
    constexpr int kBits = sizeof(L) * 8;
    constexpr int kLengthBits = kBits == 64 ? 7 : kBits == 32 ? 6 : 5;
    uint64_t total = bins == 0 ? 1 : 0;
    for (uint64_t bin = 0; bin < bins; ++bin) {
      weights[bin] = static_cast<uint32_t>(reader.read(table_log)) + 1;
      lower[bin] = static_cast<L>(reader.read(kBits));
      offset_bits[bin] = static_cast<uint8_t>(reader.read(kLengthBits));
      if (offset_bits[bin] > kBits) return kDamaged;
      max_offset_bits = std::max<int>(max_offset_bits, offset_bits[bin]);
      total += weights[bin];
    }
    if (!reader.good || total != states) return kDamaged;
    one_bin = bins <= 1;
    build(weights, lower, offset_bits);
    return kDone;
  }

 private:
  // The table of a tANS decoder: symbols are spread over the states with a stride near 3/5 of their number.
  void build(std::vector<uint32_t>& weights, const std::vector<L>& lower, const std::vector<uint8_t>& offset_bits) {
    uint32_t states = 1u << table_log;
    uint32_t stride = 3 * states / 5;
    if (stride % 2 == 0) ++stride;
    std::vector<uint16_t> symbols(states);
    uint32_t step = 0;
    for (size_t symbol = 0; symbol < weights.size(); ++symbol)
      for (uint32_t i = 0; i < weights[symbol]; ++i) symbols[(stride * step++) & (states - 1)] = static_cast<uint16_t>(symbol);
    nodes.resize(states);
    for (uint32_t state = 0; state < states; ++state) {
      uint32_t symbol = symbols[state], x = weights[symbol]++;
      int bits = table_log - floor_log2(x);
      uint16_t next = static_cast<uint16_t>((x << bits) - states);
      nodes[state] = {next, static_cast<uint8_t>(bits), offset_bits[symbol], lower[symbol]};
    }
  }
};

}  // namespace
}  // namespace vedette
