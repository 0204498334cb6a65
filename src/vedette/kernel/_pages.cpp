// Decodes pages of pco's wrapped format (classic mode, integers, consecutive differences) straight to values, many pages
// in one call without the GIL. Twin: plain_pages.py, which also does the kinds that are left over here.
// Written after pco's format description, docs/format.md of the pcodec project, format 4.1.
#include "buffer.hpp"
#include "page_chunk.hpp"

#include <algorithm>
#include <new>
#include <vector>

namespace vedette {
namespace {

enum ChunkField { kKind, kMetaBegin, kMetaEnd, kFirstRow, kEndRow, kChunkFields };
enum RowField { kFirstPage, kEndPage, kSkip, kLength, kBegin, kRowFields };
enum PageField { kPageBegin, kPageEnd, kSamples, kWanted, kPageFields };

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

template <typename L>
int64_t read_states(const Chunk<L>& chunk, const uint8_t* data, int64_t bit, int64_t count, uint32_t* states, Scratch<L>& s,
                    uint32_t& offsets_end) {
  const Node<L>* nodes = chunk.nodes.data();
  uint32_t offset = 0;
  uint32_t s0 = states[0], s1 = states[1], s2 = states[2], s3 = states[3];
  int64_t i = 0;
  auto one = [&](int64_t at, uint32_t& state, uint64_t packed, int& shift) {
    const Node<L>& node = nodes[state];
    s.latents[at] = node.lower;
    uint32_t bits = node.offset_bits;
    s.offset_bits[at] = static_cast<uint8_t>(bits);
    offset += bits;
    state = node.next + (static_cast<uint32_t>(packed >> shift) & ((1u << node.state_bits) - 1));
    shift += node.state_bits;
  };
  for (; i + 4 <= count; i += 4) {  // four states take at most 56 bits, and the first begins within a byte
    uint64_t packed = load64(data + bit / 8);
    int shift = static_cast<int>(bit % 8), start = shift;
    one(i, s0, packed, shift);
    one(i + 1, s1, packed, shift);
    one(i + 2, s2, packed, shift);
    one(i + 3, s3, packed, shift);
    bit += shift - start;
  }
  uint32_t* rest[3] = {&s0, &s1, &s2};
  for (int j = 0; i < count; ++i, ++j) {
    uint64_t packed = load64(data + bit / 8);
    int shift = static_cast<int>(bit % 8), start = shift;
    one(i, *rest[j], packed, shift);
    bit += shift - start;
  }
  states[0] = s0, states[1] = s1, states[2] = s2, states[3] = s3;
  offsets_end = offset;
  return bit;
}

template <typename L, bool kWide>
void add_offsets(const uint8_t* data, int64_t bit, int64_t count, Scratch<L>& s) {
  uint64_t at = static_cast<uint64_t>(bit);
  for (int64_t i = 0; i < count; ++i) {
    int bits = s.offset_bits[i], shift = static_cast<int>(at % 8);
    const uint8_t* from = data + at / 8;
    uint64_t value = load64(from) >> shift;
    if (kWide && bits + shift > 64) value |= static_cast<uint64_t>(from[8]) << (64 - shift);
    uint64_t mask = kWide && bits == 64 ? ~0ull : (1ull << bits) - 1;
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

template <typename L, typename Signed>
bool decode_page(const Chunk<L>& chunk, const uint8_t* data, int64_t bytes, int64_t samples, const Target& target) {
  BitReader head(data, bytes);
  L moments[kMaxOrder];
  for (int i = 0; i < chunk.order; ++i) moments[i] = static_cast<L>(head.read(sizeof(L) * 8));
  uint32_t states[4];
  for (uint32_t& state : states) state = static_cast<uint32_t>(head.read(chunk.table_log));
  if (!head.good) return false;
  int64_t bit = head.next_byte() * 8;
  Scratch<L> s;
  for (int64_t done = 0; done < target.to; done += kBatch) {
    int64_t count = std::min(kBatch, samples - done);
    int64_t coded = std::clamp<int64_t>(samples - done - chunk.order, 0, kBatch);
    uint32_t offset_bits = 0;
    if (chunk.one_bin) {
      int each = chunk.nodes[0].offset_bits;
      for (int64_t i = 0; i < coded; ++i) {
        s.latents[i] = chunk.nodes[0].lower;
        s.offset_bits[i] = static_cast<uint8_t>(each);
      }
      offset_bits = static_cast<uint32_t>(coded * each);
    } else {
      bit = read_states(chunk, data, bit, coded, states, s, offset_bits);
    }
    // Of a batch before the wanted columns only the sum matters, of the last one only what is wanted.
    bool skipped = done + kBatch <= target.from;
    int64_t used = skipped ? (chunk.order > 0 ? coded : 0) : std::min(coded, target.to - done);
    if (chunk.max_offset_bits > 56) {
      add_offsets<L, true>(data, bit, used, s);
    } else if (chunk.max_offset_bits > 0) {
      add_offsets<L, false>(data, bit, used, s);
    }
    bit += offset_bits;
    if (bit > bytes * 8) return false;
    if (skipped && chunk.order == 1) {
      moments[0] = sum_up(s.latents, moments[0]);
    } else if (chunk.order > 0) {
      std::fill(s.latents + coded, s.latents + count, L{0});
      add_up(s.latents, count, moments, chunk.order);
    }
    int64_t from = std::max(target.from, done), to = std::min(target.to, done + count);
    if (from < to) {
      double* out = target.out + (from - target.from);
      emit<L, Signed>(s.latents, from - done, to - done, target.multiplier, target.divisor, out);
    }
  }
  return true;
}

struct Plan {
  const uint8_t* data;
  int64_t data_bytes;
  const int64_t* rows;
  const double* scales;
  const int64_t* pages;
  double* values;
};

template <typename L, typename Signed>
Status decode_chunk(const Plan& plan, const int64_t* fields) {
  Chunk<L> chunk;
  Status status = chunk.parse(plan.data + fields[kMetaBegin], fields[kMetaEnd] - fields[kMetaBegin]);
  if (status != kDone) return status;
  std::vector<uint8_t> padded;
  for (int64_t row = fields[kFirstRow]; row < fields[kEndRow]; ++row) {
    const int64_t* r = plan.rows + row * kRowFields;
    double* out = plan.values + r[kBegin];
    int64_t skip = r[kSkip], left = r[kLength];
    for (int64_t page = r[kFirstPage]; page < r[kEndPage] && left > 0; ++page) {
      const int64_t* p = plan.pages + page * kPageFields;
      const uint8_t* data = plan.data + p[kPageBegin];
      int64_t bytes = p[kPageEnd] - p[kPageBegin];
      if (p[kPageEnd] + kOvershoot > plan.data_bytes) {
        padded.assign(bytes + kOvershoot, 0);
        std::memcpy(padded.data(), data, bytes);
        data = padded.data();
      }
      int64_t to = std::min(p[kWanted], skip + left);
      if (skip < to) {
        Target target{skip, to, plan.scales[row * 2], plan.scales[row * 2 + 1], out};
        if (!decode_page<L, Signed>(chunk, data, bytes, p[kSamples], target)) return kDamaged;
        out += to - skip;
        left -= to - skip;
      }
      skip = std::max<int64_t>(skip - p[kWanted], 0);
    }
  }
  return kDone;
}

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
// The same compiled for processors that have shifts by a variable without flags, a fifth faster.
template <typename L, typename Signed>
__attribute__((target("avx2,bmi,bmi2"), flatten)) Status decode_chunk_fast(const Plan& plan, const int64_t* fields) {
  return decode_chunk<L, Signed>(plan, fields);
}
bool is_fast() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"); }
#else
template <typename L, typename Signed>
Status decode_chunk_fast(const Plan& plan, const int64_t* fields) {
  return decode_chunk<L, Signed>(plan, fields);
}
bool is_fast() { return false; }
#endif

template <typename L, typename Signed>
Status decode(const Plan& plan, const int64_t* fields, bool fast) {
  return fast ? decode_chunk_fast<L, Signed>(plan, fields) : decode_chunk<L, Signed>(plan, fields);
}

bool within(int64_t low, int64_t high, int64_t end) { return low >= 0 && low <= high && high <= end; }

// Whether every index of the plan is inside what it points to.
bool fits(const View& chunks, const View& rows, const View& pages, int64_t data_bytes, int64_t values) {
  int64_t row_count = rows.count<int64_t>() / kRowFields, page_count = pages.count<int64_t>() / kPageFields;
  for (const int64_t* c = chunks.as<int64_t>(); c < chunks.as<int64_t>() + chunks.count<int64_t>(); c += kChunkFields)
    if (!within(c[kMetaBegin], c[kMetaEnd], data_bytes) || !within(c[kFirstRow], c[kEndRow], row_count)) return false;
  for (const int64_t* r = rows.as<int64_t>(); r < rows.as<int64_t>() + rows.count<int64_t>(); r += kRowFields)
    if (!within(r[kFirstPage], r[kEndPage], page_count) || r[kSkip] < 0 || r[kLength] < 0 || r[kBegin] < 0 ||
        r[kLength] > values || r[kBegin] > values - r[kLength])
      return false;
  for (const int64_t* p = pages.as<int64_t>(); p < pages.as<int64_t>() + pages.count<int64_t>(); p += kPageFields)
    if (!within(p[kPageBegin], p[kPageEnd], data_bytes) || !within(0, p[kWanted], p[kSamples])) return false;
  return true;
}

PyObject* unpack(PyObject*, PyObject* args) {
  PyObject *data, *header, *chunks, *rows, *scales, *pages, *values, *status;
  if (!PyArg_ParseTuple(args, "OOOOOOOO:unpack", &data, &header, &chunks, &rows, &scales, &pages, &values, &status))
    return nullptr;
  View v_data(data, false, "data"), v_header(header, false, "header"), v_chunks(chunks, false, "chunks"),
      v_rows(rows, false, "rows"), v_scales(scales, false, "scales"), v_pages(pages, false, "pages"),
      v_values(values, true, "values"), v_status(status, true, "status");
  if (!v_data.ok() || !v_header.ok() || !v_chunks.ok() || !v_rows.ok() || !v_scales.ok() || !v_pages.ok() ||
      !v_values.ok() || !v_status.ok())
    return nullptr;
  int64_t count = v_status.bytes();
  if (v_chunks.count<int64_t>() != count * kChunkFields || v_rows.count<int64_t>() % kRowFields != 0 ||
      v_pages.count<int64_t>() % kPageFields != 0 ||
      v_scales.count<double>() != v_rows.count<int64_t>() / kRowFields * 2 ||
      !fits(v_chunks, v_rows, v_pages, v_data.bytes(), v_values.count<double>())) {
    PyErr_SetString(PyExc_ValueError, "the plan points outside of its arrays");
    return nullptr;
  }
  const uint8_t* version = v_header.as<uint8_t>();
  if (v_header.bytes() != 2 || version[0] != 4 || version[1] > 1) Py_RETURN_NONE;  // the twin does it
  Plan plan{v_data.as<uint8_t>(), v_data.bytes(),       v_rows.as<int64_t>(),
            v_scales.as<double>(), v_pages.as<int64_t>(), v_values.as<double>()};
  bool enough = true, fast = is_fast();
  {
    WithoutGil unlocked;
    try {
      for (int64_t i = 0; i < count; ++i) {
        const int64_t* fields = v_chunks.as<int64_t>() + i * kChunkFields;
        uint8_t& result = v_status.as<uint8_t>()[i];
        if (result != kTodo) continue;
        if (fields[kKind] == 1) result = decode<uint16_t, int16_t>(plan, fields, fast);
        if (fields[kKind] == 2) result = decode<uint32_t, int32_t>(plan, fields, fast);
        if (fields[kKind] == 3) result = decode<uint64_t, int64_t>(plan, fields, fast);
      }
    } catch (const std::bad_alloc&) {
      enough = false;
    }
  }
  if (!enough) return PyErr_NoMemory();
  Py_RETURN_NONE;
}

PyMethodDef kMethods[] = {{"unpack", unpack, METH_VARARGS, "See plain_pages.unpack."}, {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_pages", nullptr, 0, kMethods, nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace vedette

PyMODINIT_FUNC PyInit__pages(void) { return PyModule_Create(&vedette::kModule); }
