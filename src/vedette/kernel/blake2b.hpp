// Keyed BLAKE2b (RFC 7693) with a digest of 8 bytes, which is one word of the state.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vedette {

class Blake2b8 {
 public:
  static constexpr size_t kMaxKeyBytes = 64;

  // `key` has 1 to kMaxKeyBytes bytes; what it does to the state is computed once.
  Blake2b8(const uint8_t* key, size_t key_bytes) {
    memcpy(state_, kIv, sizeof state_);
    state_[0] ^= 0x01010000u ^ (static_cast<uint64_t>(key_bytes) << 8) ^ 8u;
    memcpy(key_block_, key, key_bytes);
    memcpy(keyed_, state_, sizeof keyed_);
    compress(keyed_, key_block_, kBlock, false);
  }

  // The digest of a message, read as a little-endian number.
  uint64_t operator()(const uint8_t* message, size_t bytes) const {
    uint64_t state[8];
    if (bytes == 0) {
      memcpy(state, state_, sizeof state);
      compress(state, key_block_, kBlock, true);
      return state[0];
    }
    memcpy(state, keyed_, sizeof state);
    uint64_t done = kBlock;
    for (; bytes > kBlock; message += kBlock, bytes -= kBlock) {
      done += kBlock;
      compress(state, message, done, false);
    }
    uint8_t last[kBlock] = {};
    memcpy(last, message, bytes);
    compress(state, last, done + bytes, true);
    return state[0];
  }

 private:
  static constexpr size_t kBlock = 128;
  static constexpr uint64_t kIv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                      0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
  static constexpr uint8_t kOrder[12][16] = {
      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
      {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
      {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
      {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
      {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

  static uint64_t turn(uint64_t value, int bits) { return value >> bits | value << (64 - bits); }

  static void mix(uint64_t* v, int a, int b, int c, int d, uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = turn(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = turn(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = turn(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = turn(v[b] ^ v[c], 63);
  }

  static void compress(uint64_t* state, const uint8_t* block, uint64_t done, bool last) {
    uint64_t m[16], v[16];
    memcpy(m, block, sizeof m);  // little-endian, as all machines the kernels are built for
    memcpy(v, state, 8 * sizeof(uint64_t));
    memcpy(v + 8, kIv, sizeof kIv);
    v[12] ^= done;
    if (last) v[14] = ~v[14];
    for (const auto& order : kOrder) {
      mix(v, 0, 4, 8, 12, m[order[0]], m[order[1]]);
      mix(v, 1, 5, 9, 13, m[order[2]], m[order[3]]);
      mix(v, 2, 6, 10, 14, m[order[4]], m[order[5]]);
      mix(v, 3, 7, 11, 15, m[order[6]], m[order[7]]);
      mix(v, 0, 5, 10, 15, m[order[8]], m[order[9]]);
      mix(v, 1, 6, 11, 12, m[order[10]], m[order[11]]);
      mix(v, 2, 7, 8, 13, m[order[12]], m[order[13]]);
      mix(v, 3, 4, 9, 14, m[order[14]], m[order[15]]);
    }
    for (int i = 0; i < 8; ++i) state[i] ^= v[i] ^ v[i + 8];
  }

  uint64_t state_[8], keyed_[8];
  uint8_t key_block_[kBlock] = {};
};

}  // namespace vedette
