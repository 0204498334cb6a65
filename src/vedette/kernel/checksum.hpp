// CRC-32C (Castagnoli), as chunks carry it: by the processor's own instruction where it has one, else by tables.
#pragma once
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <nmmintrin.h>
#endif

namespace vedette {
namespace {

struct ChecksumTables {
  uint32_t of[8][256];
  ChecksumTables() {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      uint32_t rest = byte;
      for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ (rest & 1 ? 0x82F63B78u : 0);
      of[0][byte] = rest;
    }
    for (int table = 1; table < 8; ++table)
      for (uint32_t byte = 0; byte < 256; ++byte) {
        uint32_t before = of[table - 1][byte];
        of[table][byte] = (before >> 8) ^ of[0][before & 0xFF];
      }
  }
};

inline uint32_t checksum_by_tables(uint32_t sum, const uint8_t* data, int64_t bytes) {
  static const ChecksumTables tables;
  for (; bytes >= 8; data += 8, bytes -= 8) {
    uint32_t next = 0;
    for (int i = 0; i < 4; ++i) next ^= tables.of[7 - i][(data[i] ^ (sum >> (8 * i))) & 0xFF];
    for (int i = 4; i < 8; ++i) next ^= tables.of[7 - i][data[i]];
    sum = next;
  }
  for (; bytes > 0; ++data, --bytes) sum = (sum >> 8) ^ tables.of[0][(sum ^ *data) & 0xFF];
  return sum;
}

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
__attribute__((target("sse4.2"))) inline uint32_t checksum_by_processor(uint32_t sum, const uint8_t* data, int64_t bytes) {
  uint64_t wide = sum;
  for (; bytes >= 8; data += 8, bytes -= 8) {
    uint64_t word;
    std::memcpy(&word, data, sizeof(word));
    wide = _mm_crc32_u64(wide, word);
  }
  sum = static_cast<uint32_t>(wide);
  for (; bytes > 0; ++data, --bytes) sum = _mm_crc32_u8(sum, *data);
  return sum;
}
inline bool has_checksum_instruction() { return __builtin_cpu_supports("sse4.2"); }
#else
inline uint32_t checksum_by_processor(uint32_t sum, const uint8_t* data, int64_t bytes) {
  return checksum_by_tables(sum, data, bytes);
}
inline bool has_checksum_instruction() { return false; }
#endif

inline uint32_t checksum(const uint8_t* data, int64_t bytes, bool by_tables = false) {
  uint32_t begin = 0xFFFFFFFFu;
  bool fast = has_checksum_instruction() && !by_tables;
  return ~(fast ? checksum_by_processor(begin, data, bytes) : checksum_by_tables(begin, data, bytes));
}

}  // namespace
}  // namespace vedette
