// Window functions over grids: for every row and every step, one function of the samples in (end - range, end].
// Signature and semantics are those of plain_window.evaluate, which is its oracle.
#include "buffer.hpp"
#include "window_functions.hpp"

#include <exception>

namespace vedette {
namespace {

// Staleness markers are no samples of a range: copies the others; false when there are none.
bool without_stale(const Row& r, Scratch& s) {
  int64_t stale = 0;
  for (int64_t i = 0; i < r.n; ++i) stale += is_stale(r.v[i]);
  if (stale == 0) return false;
  s.values.clear();
  s.times.clear();
  for (int64_t i = 0; i < r.n; ++i) {
    if (is_stale(r.v[i])) continue;
    s.values.push_back(r.v[i]);
    s.times.push_back(r.t[i]);
  }
  return true;
}

void run(const Request& q, double* out, uint8_t* present, int64_t& seen, int64_t& filled) {
  Scratch s;
  int64_t vector_at_hand = -1;
  for (int64_t row = 0; row < q.series; ++row) {
    int64_t vector = q.row_vector[row];
    Row r{q.times + q.vector_starts[vector], q.values + q.starts[row], q.starts[row + 1] - q.starts[row], nullptr, nullptr,
          out + row * q.steps, present + row * q.steps};
    Windows* w = &s.shared;
    if (q.function > kNewestTime && has_nan(r.v, r.n) && without_stale(r, s)) {
      r.t = s.times.data();
      r.v = s.values.data();
      r.n = static_cast<int64_t>(s.values.size());
      w = &s.own;
      find_windows(q, r.t, r.n, *w);
    } else if (vector != vector_at_hand) {
      find_windows(q, r.t, r.n, *w);
      vector_at_hand = vector;
    }
    r.lo = w->lo.data();
    r.hi = w->hi.data();
    run_row(q, r, *w, s);
    int64_t here = 0;
    for (int64_t k = 0; k < q.steps; ++k) here += r.present[k];
    filled += here;
    seen += q.function <= kNewestTime ? here : w->total;
  }
}

const char* problem_of(const Request& q, int64_t values, int64_t times, int64_t vectors) {
  if (q.function < 0 || q.function >= kFunctions) return "unknown window function";
  if (q.starts[0] < 0 || q.starts[q.series] > values) return "starts out of bounds";
  if (q.vector_starts[0] < 0 || q.vector_starts[vectors] > times) return "vector_starts out of bounds";
  for (int64_t v = 0; v < vectors; ++v) {
    if (q.vector_starts[v + 1] < q.vector_starts[v]) return "vector_starts must not decrease";
  }
  for (int64_t row = 0; row < q.series; ++row) {
    int64_t vector = q.row_vector[row];
    if (vector < 0 || vector >= vectors) return "row_vector out of bounds";
    if (q.starts[row + 1] - q.starts[row] != q.vector_starts[vector + 1] - q.vector_starts[vector])
      return "a row and its timestamp vector differ in length";
  }
  const int64_t far = int64_t{1} << 62;
  if (q.range_ms > far) return "the range is too long";
  for (int64_t k = 0; k < q.steps; ++k) {
    if (q.ends[k] < -far || q.ends[k] > far) return "ends are too far from 1970";
    if (k > 0 && q.ends[k] < q.ends[k - 1]) return "ends must not decrease";
  }
  return nullptr;
}

constexpr int64_t kShort = 20'000;  // samples that are not worth giving up the GIL for

int64_t params_of(int function) {
  if (function == kSmoothing || is_extended(function)) return 2;
  return function == kQuantile || function == kPredictLinear ? 1 : 0;
}

PyObject* evaluate(PyObject*, PyObject* args) {
  PyObject *values, *starts, *times, *vector_starts, *row_vector, *ends, *at, *params, *out, *present;
  Request q;
  long long range_ms;
  if (!PyArg_ParseTuple(args, "iOOOOOOOLOOO:evaluate", &q.function, &values, &starts, &times, &vector_starts, &row_vector,
                        &ends, &at, &range_ms, &params, &out, &present))
    return nullptr;
  View v_values(values, false, "values"), v_starts(starts, false, "starts"), v_times(times, false, "timestamps_ms"),
      v_vectors(vector_starts, false, "vector_starts"), v_rows(row_vector, false, "row_vector"), v_ends(ends, false, "ends"),
      v_at(at, false, "at"), v_params(params, false, "params"), v_out(out, true, "out"), v_present(present, true, "present");
  if (!v_values.ok() || !v_starts.ok() || !v_times.ok() || !v_vectors.ok() || !v_rows.ok() || !v_ends.ok() || !v_at.ok() ||
      !v_params.ok() || !v_out.ok() || !v_present.ok())
    return nullptr;
  q.values = v_values.as<double>();
  q.starts = v_starts.as<int64_t>();
  q.times = v_times.as<int64_t>();
  q.vector_starts = v_vectors.as<int64_t>();
  q.row_vector = v_rows.as<int64_t>();
  q.ends = v_ends.as<int64_t>();
  q.at = v_at.as<int64_t>();
  q.params = v_params.as<double>();
  q.range_ms = range_ms;
  q.series = v_rows.count<int64_t>();
  q.steps = v_ends.count<int64_t>();
  int64_t vectors = v_vectors.count<int64_t>() - 1;
  const char* problem = nullptr;
  if (v_starts.count<int64_t>() != q.series + 1 || vectors < 0 || range_ms < 0) {
    problem = "starts, vector_starts and range do not fit";
  } else if (v_at.count<int64_t>() != q.steps || v_params.count<double>() != params_of(q.function) * q.steps) {
    problem = "at and params need one value a step";
  } else if (v_out.count<double>() != q.series * q.steps || v_present.bytes() != q.series * q.steps) {
    problem = "outputs need series x steps cells";
  } else {
    problem = problem_of(q, v_values.count<double>(), v_times.count<int64_t>(), vectors);
  }
  if (problem != nullptr) {
    PyErr_SetString(PyExc_ValueError, problem);
    return nullptr;
  }
  int64_t seen = 0, filled = 0;
  bool enough_memory = true;
  // Instant selectors look at a sample or two a step; other functions may look at all of them.
  int64_t samples = v_values.count<double>();
  bool is_short = q.function <= kNewestTime ? samples + q.series * q.steps < kShort : samples * q.steps < kShort;
  {
    WithoutGil released(!is_short);
    try {
      run(q, v_out.as<double>(), v_present.as<uint8_t>(), seen, filled);
    } catch (const std::exception&) {
      enough_memory = false;
    }
  }
  if (!enough_memory) return PyErr_NoMemory();
  return Py_BuildValue("(LL)", static_cast<long long>(filled), static_cast<long long>(seen));
}

PyMethodDef kMethods[] = {{"evaluate", evaluate, METH_VARARGS, "See plain_window.evaluate."}, {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_window", nullptr, 0, kMethods, nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace vedette

PyMODINIT_FUNC PyInit__window(void) { return PyModule_Create(&vedette::kModule); }
