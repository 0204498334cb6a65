// Decodes rows of a block from its mapped index and chunks: finds the pages, decodes them to values, without the GIL when
// it takes long. What it leaves over (see rows.py) goes the way of tsdb/decode.py, which is its oracle.
#include "buffer.hpp"
#include "row_directory.hpp"

#include <algorithm>
#include <new>
#include <numeric>
#include <vector>

namespace vedette {
namespace {

constexpr char kCapsule[] = "vedette.kernel._rows.directory";
// More is worth giving up the GIL for.
constexpr int64_t kLong = 50'000, kLongRows = 256;

struct Request {
  const int64_t *rows, *low, *high, *begin;
  int64_t count, shared;  // `shared` is 0 where low and high are one for all rows, else 1
  uint8_t* checked;
  bool newest;
  double* values;
  uint8_t* left;
};

struct Cost {
  int64_t left = 0, chunks = 0, samples = 0, bytes = 0;
};

// Decodes the rows of one width, two pages at a time.
template <typename L, typename Signed>
class Decoder {
 public:
  Decoder(Directory& directory, const Request& request, Cost& cost) : directory_(directory), q_(request), cost_(cost) {}

  // Rows of q.rows[order[begin..end)], all in this chunk.
  void add(const std::shared_ptr<const Chunk<L>>& chunk, int64_t number, const int64_t* order, int64_t rows) {
    held_.push_back(chunk);
    for (int64_t i = 0; i < rows; ++i) add_row(*chunk, number, order[i]);
  }

  void finish() {
    while (active_ > 0) turn();
  }

 private:
  struct Slot {
    PageStream<L, Signed> page;
    std::vector<uint8_t> padded;
    int64_t row = 0;
  };

  void add_row(const Chunk<L>& chunk, int64_t number, int64_t index) {
    int64_t row = q_.rows[index], low = q_.low[index * q_.shared], high = q_.high[index * q_.shared];
    Geometry g = directory_.geometry(row);
    double* out = q_.values + q_.begin[index];
    int64_t scale = directory_.row_scale[row];
    for (int64_t page = low / g.size; page <= (high - 1) / g.size; ++page) {
      int64_t first = page * g.size, samples = std::min(g.size, g.samples - first);
      int64_t begin, end;
      if (!directory_.page_bounds(number, directory_.row_page[row] + page, begin, end)) return leave(index);
      Target target{std::max<int64_t>(low - first, 0), std::min(high - first, samples),
                    directory_.multiplier[scale], directory_.divisor[scale], out};
      // A batch of numbers is decoded as a whole.
      cost_.samples += std::min((target.to + kBatch - 1) / kBatch * kBatch, samples);
      cost_.bytes += end - begin;
      if (active_ == 2) turn();
      Slot& slot = *slots_[active_];
      const uint8_t* data = directory_.data + begin;
      if (end + kOvershoot > directory_.data_bytes) {
        slot.padded.assign(end - begin + kOvershoot, 0);
        std::memcpy(slot.padded.data(), data, end - begin);
        data = slot.padded.data();
      }
      slot.row = index;
      if (!slot.page.begin(chunk, data, end - begin, samples, target)) return leave(index);
      ++active_;
      out += target.to - target.from;
    }
  }

  // Runs until one of the pages at hand has ended.
  void turn() {
    Slot &a = *slots_[0], &b = *slots_[1];
    bool a_good, b_good;
    PageStream<L, Signed>* second = active_ == 2 ? &b.page : nullptr;
    if (fast_) {
      run_pages_fast<L, Signed>(a.page, second, a_good, b_good);
    } else {
      run_pages<L, Signed>(a.page, second, a_good, b_good);
    }
    if (!a_good) leave(a.row);
    if (active_ == 2 && !b_good) leave(b.row);
    bool a_over = !a_good || a.page.ended(), b_over = active_ < 2 || !b_good || b.page.ended();
    if (a_over && !b_over) std::swap(slots_[0], slots_[1]);
    active_ = (a_over ? 0 : 1) + (b_over ? 0 : 1);
  }

  void leave(int64_t index) {
    cost_.left += !q_.left[index];
    q_.left[index] = 1;
  }

  Directory& directory_;
  const Request& q_;
  Cost& cost_;
  std::vector<std::shared_ptr<const Chunk<L>>> held_;
  Slot storage_[2];
  Slot* slots_[2] = {&storage_[0], &storage_[1]};
  int active_ = 0;
  bool fast_ = is_fast();
};

// One pass over the rows: what needs no page is done at once; the positions of the others, by chunk.
std::vector<int64_t> without_pages(const Directory& directory, const Request& q, Cost& cost) {
  std::vector<int64_t> order;
  bool ascends = true;
  for (int64_t i = 0; i < q.count; ++i) {
    int64_t row = q.rows[i], low = q.low[i * q.shared], high = q.high[i * q.shared];
    if (low == high) continue;
    double* out = q.values + q.begin[i];
    uint32_t chunk = directory.row_chunk[row];
    if (q.newest && low + 1 == high && high == directory.vector_count[directory.row_vector[row]]) {
      std::memcpy(out, directory.row_newest + row, sizeof(double));
      ++cost.samples;
    } else if (chunk == kNoChunk) {
      double value;
      std::memcpy(&value, directory.constant + directory.row_page[row], sizeof(double));
      std::fill(out, out + (high - low), value);
    } else if (directory.chunk_kind[chunk] < 1 || directory.chunk_kind[chunk] > 3) {
      q.left[i] = 1;
      ++cost.left;
    } else {
      ascends = ascends && (order.empty() || directory.row_chunk[q.rows[order.back()]] <= chunk);
      order.push_back(i);
    }
  }
  auto before = [&](int64_t a, int64_t b) { return directory.row_chunk[q.rows[a]] < directory.row_chunk[q.rows[b]]; };
  if (!ascends) std::stable_sort(order.begin(), order.end(), before);
  return order;
}

template <typename L, typename Signed>
void decode_chunk(Directory& directory, Decoder<L, Signed>& decoder, const Request& q, Cost& cost, uint32_t number,
                  const int64_t* order, int64_t rows) {
  int64_t begin, end;
  std::shared_ptr<const Chunk<L>> chunk;
  if (!q.checked[number]) q.checked[number] = directory.is_whole(number);
  if (q.checked[number] && directory.description(number, begin, end))
    chunk = directory.decoders<L>().get(number, directory.data + begin, end - begin);
  if (chunk == nullptr) {
    for (int64_t i = 0; i < rows; ++i) q.left[order[i]] = 1;
    cost.left += rows;
    return;
  }
  ++cost.chunks;
  decoder.add(chunk, number, order, rows);
}

void decode_pages(Directory& directory, const Request& q, Cost& cost, const std::vector<int64_t>& order) {
  Decoder<uint16_t, int16_t> narrow(directory, q, cost);
  Decoder<uint32_t, int32_t> middle(directory, q, cost);
  Decoder<uint64_t, int64_t> wide(directory, q, cost);
  size_t next;
  for (size_t at = 0; at < order.size(); at = next) {
    uint32_t chunk = directory.row_chunk[q.rows[order[at]]];
    for (next = at + 1; next < order.size() && directory.row_chunk[q.rows[order[next]]] == chunk;) ++next;
    int64_t rows = static_cast<int64_t>(next - at);
    switch (directory.chunk_kind[chunk]) {
      case 1: decode_chunk(directory, narrow, q, cost, chunk, &order[at], rows); break;
      case 2: decode_chunk(directory, middle, q, cost, chunk, &order[at], rows); break;
      default: decode_chunk(directory, wide, q, cost, chunk, &order[at], rows); break;
    }
  }
  narrow.finish(), middle.finish(), wide.finish();
}

Directory* directory_of(PyObject* capsule) { return static_cast<Directory*>(PyCapsule_GetPointer(capsule, kCapsule)); }

// Why the request does not fit, or null; `samples` becomes how many there are.
const char* problem_of(const Directory& directory, const Request& q, int64_t values, int64_t& samples) {
  for (int64_t i = 0; i < q.count; ++i) {
    int64_t low = q.low[i * q.shared], high = q.high[i * q.shared];
    if (!directory.has(q.rows[i])) return "no such row";
    if (low < 0 || low > high || high > directory.vector_count[directory.row_vector[q.rows[i]]]) return "no such columns";
    if (high - low > values || q.begin[i] < 0 || q.begin[i] > values - (high - low)) return "values do not fit";
    samples += high - low;
  }
  return nullptr;
}

PyObject* decode(PyObject*, PyObject* args) {
  PyObject *capsule, *rows, *low, *high, *begin, *checked, *values, *left;
  int newest;
  if (!PyArg_ParseTuple(args, "OOOOOOpOO:decode", &capsule, &rows, &low, &high, &begin, &checked, &newest, &values, &left))
    return nullptr;
  Directory* directory = directory_of(capsule);
  if (directory == nullptr) return nullptr;
  View v_rows(rows, false, "rows"), v_low(low, false, "low"), v_high(high, false, "high"), v_begin(begin, false, "begin"),
      v_checked(checked, true, "checked"), v_values(values, true, "values"), v_left(left, true, "left");
  if (!v_rows.ok() || !v_low.ok() || !v_high.ok() || !v_begin.ok() || !v_checked.ok() || !v_values.ok() || !v_left.ok())
    return nullptr;
  Request q{v_rows.as<int64_t>(), v_low.as<int64_t>(), v_high.as<int64_t>(), v_begin.as<int64_t>(),
            v_rows.count<int64_t>(), v_low.count<int64_t>() == 1 ? 0 : 1, v_checked.as<uint8_t>(), newest != 0,
            v_values.as<double>(), v_left.as<uint8_t>()};
  Cost cost;
  int64_t samples = 0;
  const char* problem = "rows, low, high, begin, checked and left do not fit";
  if (v_low.count<int64_t>() == v_high.count<int64_t>() && (q.shared == 0 || v_low.count<int64_t>() == q.count) &&
      v_begin.count<int64_t>() == q.count && v_left.bytes() == q.count && v_checked.bytes() == directory->chunks)
    problem = problem_of(*directory, q, v_values.count<double>(), samples);
  if (problem != nullptr) {
    PyErr_SetString(PyExc_ValueError, problem);
    return nullptr;
  }
  bool enough_memory = true;
  {
    WithoutGil unlocked(samples > kLong || q.count > kLongRows);
    try {
      decode_pages(*directory, q, cost, without_pages(*directory, q, cost));
    } catch (const std::bad_alloc&) {
      enough_memory = false;
    }
  }
  if (!enough_memory) return PyErr_NoMemory();
  return Py_BuildValue("(LLLL)", static_cast<long long>(cost.left), static_cast<long long>(cost.chunks),
                       static_cast<long long>(cost.samples), static_cast<long long>(cost.bytes));
}

// Position of the first timestamp of an even vector that is at or after a moment.
int64_t place(const Directory& directory, uint32_t vector, int64_t moment) {
  int64_t first = directory.vector_first[vector], count = directory.vector_count[vector];
  if (moment <= first) return 0;
  uint64_t step = static_cast<uint64_t>(directory.vector_step[vector]);
  uint64_t ahead = static_cast<uint64_t>(moment) - static_cast<uint64_t>(first);
  uint64_t steps = (ahead - 1) / step + 1;
  return steps > static_cast<uint64_t>(count) ? count : static_cast<int64_t>(steps);
}

PyObject* lay_out(PyObject*, PyObject* args) {
  PyObject *capsule, *rows;
  long long start_ms, end_ms;
  if (!PyArg_ParseTuple(args, "OOLL:lay_out", &capsule, &rows, &start_ms, &end_ms)) return nullptr;
  Directory* directory = directory_of(capsule);
  View view(rows, false, "rows");
  if (directory == nullptr || !view.ok()) return nullptr;
  int64_t count = view.count<int64_t>();
  const int64_t* row = view.as<int64_t>();
  for (int64_t i = 0; i < count; ++i) {
    if (!directory->has(row[i])) {
      PyErr_SetString(PyExc_ValueError, "no such row");
      return nullptr;
    }
    if (directory->row_vector[row[i]] != directory->row_vector[row[0]]) Py_RETURN_NONE;
  }
  if (count == 0) Py_RETURN_NONE;
  uint32_t vector = directory->row_vector[row[0]];
  int64_t low = -1, high = -1;
  if (directory->vector_step[vector] > 0) {
    low = place(*directory, vector, start_ms);
    high = end_ms == INT64_MAX ? directory->vector_count[vector] : place(*directory, vector, end_ms + 1);
    high = std::max(low, high);
  }
  return Py_BuildValue("(LLL)", static_cast<long long>(vector), static_cast<long long>(low), static_cast<long long>(high));
}

void release(PyObject* capsule) { delete directory_of(capsule); }

PyObject* directory(PyObject*, PyObject* args) {
  PyObject *sections, *data;
  long long page_samples;
  if (!PyArg_ParseTuple(args, "O!OL:directory", &PyTuple_Type, &sections, &data, &page_samples)) return nullptr;
  if (PyTuple_Size(sections) != kSections || page_samples < 1) {
    PyErr_SetString(PyExc_ValueError, "the sections of a block are needed");
    return nullptr;
  }
  std::vector<PyObject*> each;
  for (int i = 0; i < kSections; ++i) each.push_back(PyTuple_GetItem(sections, i));
  auto made = std::make_unique<Directory>(each.data(), data, page_samples);
  if (!made->ok()) return nullptr;
  PyObject* capsule = PyCapsule_New(made.get(), kCapsule, release);
  if (capsule != nullptr) made.release();
  return capsule;
}

PyObject* checksum_of(PyObject*, PyObject* args) {
  PyObject* data;
  int by_tables;
  if (!PyArg_ParseTuple(args, "Op:checksum", &data, &by_tables)) return nullptr;
  View view(data, false, "data");
  if (!view.ok()) return nullptr;
  return PyLong_FromUnsignedLong(checksum(view.as<uint8_t>(), view.bytes(), by_tables != 0));
}

PyMethodDef kMethods[] = {{"checksum", checksum_of, METH_VARARGS, "CRC-32C of (data, whether by tables)."},
                          {"directory", directory, METH_VARARGS, "See rows.py."},
                          {"lay_out", lay_out, METH_VARARGS, "See rows.py."},
                          {"decode", decode, METH_VARARGS, "See rows.py."},
                          {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_rows", nullptr, 0, kMethods, nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace vedette

PyMODINIT_FUNC PyInit__rows(void) { return PyModule_Create(&vedette::kModule); }
