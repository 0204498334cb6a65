// JSON of query results: numbers in their shortest form, timestamps rendered once per step, labels as cached bytes.
// The plain twin is plain_text.py; both must give the same bytes.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "buffer.hpp"

namespace vedette {
namespace {

constexpr size_t kMaxNumber = 32;

// Appends to memory that it owns; callers reserve before they write.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { std::free(data_); }

  void reserve(size_t more) {
    if (size_ + more <= capacity_) return;
    size_t wanted = std::max(capacity_ * 2, size_ + more + 256);
    void* grown = std::realloc(data_, wanted);
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<char*>(grown);
    capacity_ = wanted;
  }
  void put(const char* text, size_t length) {
    std::memcpy(data_ + size_, text, length);
    size_ += length;
  }
  void put(char c) { data_[size_++] = c; }
  char* end() { return data_ + size_; }
  void set_end(char* end) { size_ = static_cast<size_t>(end - data_); }
  void drop_last() { --size_; }
  char last() const { return data_[size_ - 1]; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

char* write_integer(char* out, uint64_t value) { return std::to_chars(out, out + 20, value).ptr; }

// Digits of a whole number far beyond 2^53: the shortest ones, then zeros, where to_chars would print exact digits.
char* write_large(char* out, double value) {
  char scientific[kMaxNumber];
  char* end = std::to_chars(scientific, scientific + kMaxNumber, value, std::chars_format::scientific).ptr;
  char* e = end;
  while (*e != 'e') --e;
  int exponent = std::atoi(std::string(e + 1, end).c_str());
  const char* in = scientific;
  if (*in == '-') *out++ = *in++;
  int digits = 0;
  for (; in < e; ++in) {
    if (*in == '.') continue;
    *out++ = *in;
    ++digits;
  }
  for (; digits <= exponent; ++digits) *out++ = '0';
  return out;
}

// At most kMaxNumber bytes. NaN and infinities are the caller's business.
char* write_number(char* out, double value) {
  double magnitude = std::fabs(value);
  if (magnitude < 1e12) {
    // Most values have at most two decimals: exact in hundredths, and then this is their shortest text.
    double hundredths = magnitude * 100.0;
    uint64_t whole = static_cast<uint64_t>(hundredths + 0.5);
    if (static_cast<double>(whole) / 100.0 == magnitude && (whole != 0 || !std::signbit(value))) {
      if (value < 0) *out++ = '-';
      out = write_integer(out, whole / 100);
      unsigned rest = static_cast<unsigned>(whole % 100);
      if (rest != 0) {
        *out++ = '.';
        *out++ = static_cast<char>('0' + rest / 10);
        if (rest % 10 != 0) *out++ = static_cast<char>('0' + rest % 10);
      }
      return out;
    }
  }
  if (magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21))
    return std::to_chars(out, out + kMaxNumber, value, std::chars_format::scientific).ptr;
  if (magnitude >= 9007199254740992.0) return write_large(out, value);
  return std::to_chars(out, out + kMaxNumber, value, std::chars_format::fixed).ptr;
}

const char* special(double value) { return std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"; }

char* write_value(char* out, double value) {
  if (std::isfinite(value)) return write_number(out, value);
  const char* text = special(value);
  size_t length = std::strlen(text);
  std::memcpy(out, text, length);
  return out + length;
}

// Seconds with a fraction of three digits where there is one. At most 24 bytes.
char* write_time(char* out, int64_t time_ms) {
  uint64_t magnitude = time_ms < 0 ? 0 - static_cast<uint64_t>(time_ms) : static_cast<uint64_t>(time_ms);
  if (time_ms < 0) *out++ = '-';
  out = write_integer(out, magnitude / 1000);
  unsigned rest = static_cast<unsigned>(magnitude % 1000);
  if (rest != 0) {
    *out++ = '.';
    *out++ = static_cast<char>('0' + rest / 100);
    *out++ = static_cast<char>('0' + rest / 10 % 10);
    *out++ = static_cast<char>('0' + rest % 10);
  }
  return out;
}

struct Text {
  const char* data;
  size_t length;
};

// The bytes of each series' labels; holds references so that they stay while the GIL is released.
class Names {
 public:
  explicit Names(PyObject* list) {
    tuple_ = PySequence_Tuple(list);
    if (tuple_ == nullptr) return;
    Py_ssize_t count = PyTuple_Size(tuple_);
    texts_.reserve(static_cast<size_t>(count));
    for (Py_ssize_t i = 0; i < count; ++i) {
      char* data;
      Py_ssize_t length;
      if (PyBytes_AsStringAndSize(PyTuple_GetItem(tuple_, i), &data, &length) != 0) return;
      texts_.push_back({data, static_cast<size_t>(length)});
    }
    ok_ = true;
  }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  ~Names() { Py_XDECREF(tuple_); }
  bool ok() const { return ok_; }
  int64_t count() const { return static_cast<int64_t>(texts_.size()); }
  const Text& operator[](int64_t index) const { return texts_[static_cast<size_t>(index)]; }

 private:
  PyObject* tuple_ = nullptr;
  std::vector<Text> texts_;
  bool ok_ = false;
};

// `[1435781430.781,"` of every moment, each rendered once.
class Times {
 public:
  Times(const int64_t* times, int64_t count) : starts_(static_cast<size_t>(count) + 1, 0) {
    text_.resize(static_cast<size_t>(count) * 28 + 1);
    char* out = text_.data();
    for (int64_t i = 0; i < count; ++i) {
      *out++ = '[';
      out = write_time(out, times[i]);
      *out++ = ',';
      *out++ = '"';
      starts_[static_cast<size_t>(i) + 1] = static_cast<size_t>(out - text_.data());
    }
  }
  void put(Output& out, int64_t index) const {
    size_t start = starts_[static_cast<size_t>(index)];
    out.put(text_.data() + start, starts_[static_cast<size_t>(index) + 1] - start);
  }

 private:
  std::vector<char> text_;
  std::vector<size_t> starts_;
};

PyObject* shapes() {
  PyErr_SetString(PyExc_ValueError, "shapes do not fit");
  return nullptr;
}

PyObject* bytes_of(const Output& out) {
  return PyBytes_FromStringAndSize(out.data(), static_cast<Py_ssize_t>(out.size()));
}

void put_literal(Output& out, const char* text) { out.put(text, std::strlen(text)); }

void put_point(Output& out, double value) {
  out.set_end(write_value(out.end(), value));
  out.put('"');
  out.put(']');
  out.put(',');
}

void close_list(Output& out) {
  if (out.last() == ',') out.drop_last();
  out.put(']');
}

bool order_fits(const int64_t* order, int64_t count, int64_t rows) {
  for (int64_t i = 0; i < count; ++i)
    if (order[i] < 0 || order[i] >= rows) return false;
  return true;
}

// Writes `numbers` values, without the GIL when they are many.
template <typename Body>
PyObject* written(int64_t numbers, Body body) {
  Output out;
  bool enough = true;
  {
    WithoutGil released(numbers > 2'000);
    try {
      body(out);
    } catch (const std::bad_alloc&) {
      enough = false;
    }
  }
  if (!enough) return PyErr_NoMemory();
  return bytes_of(out);
}

PyObject* matrix(PyObject*, PyObject* args) {
  PyObject *p_names, *p_order, *p_times, *p_values, *p_present;
  if (!PyArg_ParseTuple(args, "OOOOO", &p_names, &p_order, &p_times, &p_values, &p_present)) return nullptr;
  Names names(p_names);
  if (!names.ok()) return nullptr;
  View v_order(p_order, false, "order"), v_times(p_times, false, "timestamps_ms"), v_values(p_values, false, "values"),
      v_present(p_present, false, "present");
  if (!v_order.ok() || !v_times.ok() || !v_values.ok() || !v_present.ok()) return nullptr;
  const int64_t rows = names.count(), steps = v_times.count<int64_t>(), count = v_order.count<int64_t>();
  const bool all = v_present.bytes() == 0 && rows * steps != 0;
  if (v_values.count<double>() != rows * steps || (!all && v_present.bytes() != rows * steps) ||
      !order_fits(v_order.as<int64_t>(), count, rows))
    return shapes();
  return written(count * steps, [&](Output& out) {
    Times times(v_times.as<int64_t>(), steps);
    out.reserve(2);
    out.put('[');
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = v_order.as<int64_t>()[i];
      const double* values = v_values.as<double>() + row * steps;
      const uint8_t* present = all ? nullptr : v_present.as<uint8_t>() + row * steps;
      if (steps == 0 || (present != nullptr && std::memchr(present, 1, static_cast<size_t>(steps)) == nullptr)) continue;
      out.reserve(names[row].length + 64 + static_cast<size_t>(steps) * (28 + kMaxNumber + 3));
      put_literal(out, "{\"metric\":");
      out.put(names[row].data, names[row].length);
      put_literal(out, ",\"values\":[");
      for (int64_t k = 0; k < steps; ++k) {
        if (present != nullptr && !present[k]) continue;
        times.put(out, k);
        put_point(out, values[k]);
      }
      close_list(out);
      out.put('}');
      out.put(',');
    }
    out.reserve(2);
    close_list(out);
  });
}

PyObject* ragged(PyObject*, PyObject* args) {
  PyObject *p_names, *p_starts, *p_times, *p_values;
  if (!PyArg_ParseTuple(args, "OOOO", &p_names, &p_starts, &p_times, &p_values)) return nullptr;
  Names names(p_names);
  if (!names.ok()) return nullptr;
  View v_starts(p_starts, false, "starts"), v_times(p_times, false, "timestamps_ms"),
      v_values(p_values, false, "values");
  if (!v_starts.ok() || !v_times.ok() || !v_values.ok()) return nullptr;
  const int64_t rows = names.count(), total = v_values.count<double>();
  const int64_t* starts = v_starts.as<int64_t>();
  if (v_starts.count<int64_t>() != rows + 1 || v_times.count<int64_t>() != total || starts[0] != 0 ||
      starts[rows] != total)
    return shapes();
  for (int64_t i = 0; i < rows; ++i)
    if (starts[i] > starts[i + 1]) return shapes();
  return written(total, [&](Output& out) {
    out.reserve(2);
    out.put('[');
    for (int64_t row = 0; row < rows; ++row) {
      const size_t points = static_cast<size_t>(starts[row + 1] - starts[row]);
      out.reserve(names[row].length + 64 + points * (28 + kMaxNumber + 3));
      put_literal(out, "{\"metric\":");
      out.put(names[row].data, names[row].length);
      put_literal(out, ",\"values\":[");
      for (int64_t i = starts[row]; i < starts[row + 1]; ++i) {
        out.put('[');
        out.set_end(write_time(out.end(), v_times.as<int64_t>()[i]));
        out.put(',');
        out.put('"');
        put_point(out, v_values.as<double>()[i]);
      }
      close_list(out);
      out.put('}');
      out.put(',');
    }
    out.reserve(2);
    close_list(out);
  });
}

PyObject* vector(PyObject*, PyObject* args) {
  PyObject *p_names, *p_order, *p_values, *p_present;
  long long time_ms;
  if (!PyArg_ParseTuple(args, "OOLOO", &p_names, &p_order, &time_ms, &p_values, &p_present)) return nullptr;
  Names names(p_names);
  if (!names.ok()) return nullptr;
  View v_order(p_order, false, "order"), v_values(p_values, false, "values"), v_present(p_present, false, "present");
  if (!v_order.ok() || !v_values.ok() || !v_present.ok()) return nullptr;
  const int64_t rows = names.count(), count = v_order.count<int64_t>();
  const bool all = v_present.bytes() == 0 && rows != 0;
  if (v_values.count<double>() != rows || (!all && v_present.bytes() != rows) ||
      !order_fits(v_order.as<int64_t>(), count, rows))
    return shapes();
  return written(count, [&](Output& out) {
    const int64_t moment = time_ms;
    Times times(&moment, 1);
    out.reserve(2);
    out.put('[');
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = v_order.as<int64_t>()[i];
      if (!all && !v_present.as<uint8_t>()[row]) continue;
      out.reserve(names[row].length + 64 + 28 + kMaxNumber);
      put_literal(out, "{\"metric\":");
      out.put(names[row].data, names[row].length);
      put_literal(out, ",\"value\":");
      times.put(out, 0);
      out.set_end(write_value(out.end(), v_values.as<double>()[row]));
      put_literal(out, "\"]},");
    }
    out.reserve(2);
    close_list(out);
  });
}

PyObject* columns(PyObject*, PyObject* args) {
  PyObject *p_names, *p_order, *p_values, *p_present;
  long long steps;
  if (!PyArg_ParseTuple(args, "OOLOO", &p_names, &p_order, &steps, &p_values, &p_present)) return nullptr;
  Names names(p_names);
  if (!names.ok()) return nullptr;
  View v_order(p_order, false, "order"), v_values(p_values, false, "values"), v_present(p_present, false, "present");
  if (!v_order.ok() || !v_values.ok() || !v_present.ok()) return nullptr;
  const int64_t rows = names.count(), count = v_order.count<int64_t>();
  if (steps < 0 || (rows != 0 && steps > (int64_t{1} << 40) / rows)) return shapes();
  const bool all = v_present.bytes() == 0 && rows * steps != 0;
  if (v_values.count<double>() != rows * steps || (!all && v_present.bytes() != rows * steps) ||
      !order_fits(v_order.as<int64_t>(), count, rows))
    return shapes();
  return written(count * steps, [&](Output& out) {
    out.reserve(2);
    out.put('[');
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = v_order.as<int64_t>()[i];
      const double* values = v_values.as<double>() + row * steps;
      const uint8_t* present = all ? nullptr : v_present.as<uint8_t>() + row * steps;
      if (steps == 0 || (present != nullptr && std::memchr(present, 1, static_cast<size_t>(steps)) == nullptr)) continue;
      out.reserve(names[row].length + 64 + static_cast<size_t>(steps) * (kMaxNumber + 1));
      put_literal(out, "{\"labels\":");
      out.put(names[row].data, names[row].length);
      put_literal(out, ",\"values\":[");
      for (int64_t k = 0; k < steps; ++k) {
        if (present != nullptr && !present[k]) {
          put_literal(out, "null,");
        } else if (std::isfinite(values[k])) {
          out.set_end(write_number(out.end(), values[k]));
          out.put(',');
        } else {
          out.put('"');
          put_literal(out, special(values[k]));
          out.put('"');
          out.put(',');
        }
      }
      close_list(out);
      out.put('}');
      out.put(',');
    }
    out.reserve(2);
    close_list(out);
  });
}

PyMethodDef kMethods[] = {{"matrix", matrix, METH_VARARGS, "See plain_text.matrix."},
                          {"ragged", ragged, METH_VARARGS, "See plain_text.ragged."},
                          {"vector", vector, METH_VARARGS, "See plain_text.vector."},
                          {"columns", columns, METH_VARARGS, "See plain_text.columns."},
                          {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_text", nullptr, 0, kMethods, nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace vedette

PyMODINIT_FUNC PyInit__text(void) { return PyModule_Create(&vedette::kModule); }
