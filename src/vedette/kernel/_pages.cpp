// Decodes pages of pco's wrapped format (classic mode, integers, consecutive differences) straight to values, many pages
// in one call without the GIL. Twin: plain_pages.py, which also does the kinds that are left over here.
#include "buffer.hpp"
#include "page_stream.hpp"

#include <algorithm>
#include <new>
#include <vector>

namespace vedette {
namespace {

enum ChunkField { kKind, kMetaBegin, kMetaEnd, kFirstRow, kEndRow, kChunkFields };
enum RowField { kFirstPage, kEndPage, kSkip, kLength, kBegin, kRowFields };
enum PageField { kPageBegin, kPageEnd, kSamples, kWanted, kPageFields };

struct Plan {
  const uint8_t* data;
  int64_t data_bytes;
  const int64_t* rows;
  const double* scales;
  const int64_t* pages;
  double* values;
};

template <typename L, typename Signed>
bool decode_page(const Chunk<L>& chunk, const uint8_t* data, int64_t bytes, int64_t samples, const Target& target, bool fast) {
  PageStream<L, Signed> page;
  if (!page.begin(chunk, data, bytes, samples, target)) return false;
  bool good, unused;
  if (fast) {
    run_pages_fast<L, Signed>(page, nullptr, good, unused);
  } else {
    run_pages<L, Signed>(page, nullptr, good, unused);
  }
  return good;
}

template <typename L, typename Signed>
Status decode(const Plan& plan, const int64_t* fields, bool fast) {
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
        if (!decode_page<L, Signed>(chunk, data, bytes, p[kSamples], target, fast)) return kDamaged;
        out += to - skip;
        left -= to - skip;
      }
      skip = std::max<int64_t>(skip - p[kWanted], 0);
    }
  }
  return kDone;
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
        if (result != kPending) continue;
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
