// Aggregation over series: rows of step values fold into groups. plain_aggregate.py is the oracle of every function.
#include "buffer.hpp"
#include "compensated.hpp"

#include <exception>

namespace vedette {
namespace {

// The numbers are those of aggregate.py.
enum Operation : int { kSum = 0, kAvg, kMin, kMax, kCount, kGroup, kStddev, kStdvar, kOperations };

constexpr int kColumns = 8;  // columns that are turned into rows together: one cache line


void fold_mean(double x, double& value, double& rest, double& count, uint8_t& incremental) {
  Mean mean(value);
  mean.count = count;
  mean.compensation = rest;
  mean.incremental = incremental != 0;
  mean.add(x);
  value = mean.sum;
  rest = mean.compensation;
  count = mean.count;
  incremental = mean.incremental;
}

// One row into one group; the arrays are that group's rows of the state.
void fold(int op, const double* row, const uint8_t* present, int64_t steps, double* value, double* rest, double* count,
          uint8_t* incremental) {
  for (int64_t k = 0; k < steps; ++k) {
    if (!present[k]) continue;
    double x = row[k];
    if (count[k] == 0) {
      // The state begins as zeros; what an operation does not need stays untouched, and its memory unused.
      count[k] = 1;
      value[k] = x;
      if (op == kGroup) value[k] = 1;
      if (op == kStddev || op == kStdvar) {
        value[k] = std::isfinite(x) ? 0 : kNaN;
        rest[k] = x;
      }
      continue;
    }
    switch (op) {
      case kSum:
        count[k] += 1;
        add_compensated(x, value[k], rest[k]);
        break;
      case kAvg: fold_mean(x, value[k], rest[k], count[k], incremental[k]); break;
      case kMin:
        if (value[k] > x || std::isnan(value[k])) value[k] = x;
        break;
      case kMax:
        if (value[k] < x || std::isnan(value[k])) value[k] = x;
        break;
      case kCount: count[k] += 1; break;
      case kStddev:
      case kStdvar: {
        count[k] += 1;
        double delta = x - rest[k];
        rest[k] += delta / count[k];
        value[k] += delta * (x - rest[k]);
        break;
      }
      default: break;
    }
  }
}

double finished(int op, double value, double rest, double count, bool incremental) {
  switch (op) {
    case kSum: return value + rest;
    case kAvg: return incremental ? value + rest : value / count + rest / count;
    case kCount: return count;
    case kStddev: return std::sqrt(value / count);
    case kStdvar: return value / count;
    default: return value;
  }
}

// Rows ordered by group: members[firsts[g]] .. members[firsts[g + 1] - 1].
struct Groups {
  std::vector<int64_t> firsts, members;
  Groups(const int64_t* group, int64_t rows, int64_t groups) : firsts(groups + 1, 0), members(rows) {
    for (int64_t i = 0; i < rows; ++i) ++firsts[group[i] + 1];
    for (int64_t g = 0; g < groups; ++g) firsts[g + 1] += firsts[g];
    std::vector<int64_t> next(firsts.begin(), firsts.end() - 1);
    for (int64_t i = 0; i < rows; ++i) members[next[group[i]]++] = i;
  }
  int64_t size() const { return static_cast<int64_t>(firsts.size()) - 1; }
};

// The present values of one column of one group; `values` and `rows` are as long as the group at most.
struct Column {
  const double* values;
  const int64_t* rows;
  int64_t count;
};

// Calls function(column, group, Column) for columns [from, to); reads kColumns neighbouring columns in one go.
template <typename F>
void each_column(const double* values, const uint8_t* present, int64_t steps, int64_t from, int64_t to, const Groups& groups,
                 F function) {
  int64_t widest = 0;
  for (int64_t g = 0; g < groups.size(); ++g) widest = std::max(widest, groups.firsts[g + 1] - groups.firsts[g]);
  std::vector<double> found(widest * kColumns);
  std::vector<int64_t> rows(widest * kColumns);
  for (int64_t block = from; block < to; block += kColumns) {
    int64_t width = std::min<int64_t>(kColumns, to - block);
    for (int64_t g = 0; g < groups.size(); ++g) {
      int64_t counts[kColumns] = {0};
      for (int64_t m = groups.firsts[g]; m < groups.firsts[g + 1]; ++m) {
        int64_t row = groups.members[m];
        const double* cells = values + row * steps + block;
        const uint8_t* there = present + row * steps + block;
        for (int64_t j = 0; j < width; ++j) {
          found[j * widest + counts[j]] = cells[j];
          rows[j * widest + counts[j]] = row;
          counts[j] += there[j] != 0;
        }
      }
      for (int64_t j = 0; j < width; ++j) {
        function(block + j, g, Column{found.data() + j * widest, rows.data() + j * widest, counts[j]});
      }
    }
  }
}

// A binary heap of positions in a column with the weakest at the top, sifting as Go's container/heap does, so that
// ties fall as they do in Prometheus.
struct WeakestFirst {
  const double* values;
  bool bottom;
  std::vector<int64_t> heap;
  bool less(int64_t a, int64_t b) const {
    double x = values[a], y = values[b];
    return std::isnan(x) || (bottom ? x > y : x < y);
  }
  void push(int64_t position) {
    heap.push_back(position);
    for (int64_t j = static_cast<int64_t>(heap.size()) - 1; j > 0;) {
      int64_t parent = (j - 1) / 2;
      if (!less(heap[j], heap[parent])) break;
      std::swap(heap[parent], heap[j]);
      j = parent;
    }
  }
  void replace_top(int64_t position) {
    heap[0] = position;
    int64_t count = static_cast<int64_t>(heap.size());
    for (int64_t i = 0;;) {
      int64_t child = 2 * i + 1;
      if (child >= count) break;
      if (child + 1 < count && less(heap[child + 1], heap[child])) ++child;
      if (!less(heap[child], heap[i])) break;
      std::swap(heap[i], heap[child]);
      i = child;
    }
  }
  bool yields_to(int64_t position) const {
    double top = values[heap[0]], x = values[position];
    return (bottom ? top > x : top < x) || (std::isnan(top) && !std::isnan(x));
  }
};

bool groups_fit(const int64_t* group, int64_t rows, int64_t groups) {
  for (int64_t i = 0; i < rows; ++i) {
    if (group[i] < 0 || group[i] >= groups) return false;
  }
  return true;
}

PyObject* bad(const char* text) {
  PyErr_SetString(PyExc_ValueError, text);
  return nullptr;
}

template <typename F>
bool without_gil(F function) {
  WithoutGil released;
  try {
    function();
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

PyObject* accumulate(PyObject*, PyObject* args) {
  int op;
  PyObject *values, *present, *group, *value, *rest, *count, *incremental;
  long long steps;
  if (!PyArg_ParseTuple(args, "iOOOLOOOO:accumulate", &op, &values, &present, &group, &steps, &value, &rest, &count,
                        &incremental))
    return nullptr;
  View v_values(values, false, "values"), v_present(present, false, "present"), v_group(group, false, "group"),
      v_value(value, true, "value"), v_rest(rest, true, "rest"), v_count(count, true, "count"),
      v_incremental(incremental, true, "incremental");
  if (!v_values.ok() || !v_present.ok() || !v_group.ok() || !v_value.ok() || !v_rest.ok() || !v_count.ok() ||
      !v_incremental.ok())
    return nullptr;
  int64_t rows = v_group.count<int64_t>(), cells = v_incremental.bytes();
  if (op < 0 || op >= kOperations || steps <= 0) return bad("unknown operation or no steps");
  if (v_values.count<double>() != rows * steps || v_present.bytes() != rows * steps) return bad("rows do not fit");
  if (cells % steps != 0 || v_value.count<double>() != cells || v_rest.count<double>() != cells ||
      v_count.count<double>() != cells || !groups_fit(v_group.as<int64_t>(), rows, cells / steps))
    return bad("groups do not fit the state");
  {
    WithoutGil released;
    for (int64_t row = 0; row < rows; ++row) {
      int64_t at = v_group.as<int64_t>()[row] * steps;
      fold(op, v_values.as<double>() + row * steps, v_present.as<uint8_t>() + row * steps, steps, v_value.as<double>() + at,
           v_rest.as<double>() + at, v_count.as<double>() + at, v_incremental.as<uint8_t>() + at);
    }
  }
  Py_RETURN_NONE;
}

PyObject* finish(PyObject*, PyObject* args) {
  int op;
  PyObject *value, *rest, *count, *incremental;
  if (!PyArg_ParseTuple(args, "iOOOO:finish", &op, &value, &rest, &count, &incremental)) return nullptr;
  View v_value(value, true, "value"), v_rest(rest, false, "rest"), v_count(count, false, "count"),
      v_incremental(incremental, true, "incremental");
  if (!v_value.ok() || !v_rest.ok() || !v_count.ok() || !v_incremental.ok()) return nullptr;
  int64_t cells = v_incremental.bytes();
  if (v_value.count<double>() != cells || v_rest.count<double>() != cells || v_count.count<double>() != cells)
    return bad("arrays of the state differ in size");
  int64_t filled = 0;
  {
    WithoutGil released;
    for (int64_t i = 0; i < cells; ++i) {
      double n = v_count.as<double>()[i];
      uint8_t& flag = v_incremental.as<uint8_t>()[i];
      double& cell = v_value.as<double>()[i];
      cell = n == 0 ? 0 : finished(op, cell, v_rest.as<double>()[i], n, flag != 0);
      flag = n != 0;
      filled += flag;
    }
  }
  return PyLong_FromLongLong(filled);
}

PyObject* quantiles(PyObject*, PyObject* args) {
  PyObject *values, *present, *group, *q, *out, *out_present;
  long long from, to;
  if (!PyArg_ParseTuple(args, "OOOOLLOO:quantiles", &values, &present, &group, &q, &from, &to, &out, &out_present))
    return nullptr;
  View v_values(values, false, "values"), v_present(present, false, "present"), v_group(group, false, "group"),
      v_q(q, false, "q"), v_out(out, true, "out"), v_there(out_present, true, "out_present");
  if (!v_values.ok() || !v_present.ok() || !v_group.ok() || !v_q.ok() || !v_out.ok() || !v_there.ok()) return nullptr;
  int64_t rows = v_group.count<int64_t>(), steps = v_q.count<double>(), cells = v_there.bytes();
  if (steps <= 0 || from < 0 || to > steps || v_values.count<double>() != rows * steps || v_present.bytes() != rows * steps)
    return bad("rows do not fit");
  if (cells % steps != 0 || v_out.count<double>() != cells || !groups_fit(v_group.as<int64_t>(), rows, cells / steps))
    return bad("groups do not fit the output");
  bool enough = without_gil([&] {
    Groups groups(v_group.as<int64_t>(), rows, cells / steps);
    std::vector<double> work;
    each_column(v_values.as<double>(), v_present.as<uint8_t>(), steps, from, to, groups,
                [&](int64_t k, int64_t g, const Column& column) {
                  work.assign(column.values, column.values + column.count);
                  v_there.as<uint8_t>()[g * steps + k] = column.count > 0;
                  v_out.as<double>()[g * steps + k] =
                      column.count > 0 ? quantile(v_q.as<double>()[k], work.data(), column.count) : 0;
                });
  });
  if (!enough) return PyErr_NoMemory();
  Py_RETURN_NONE;
}

PyObject* rank(PyObject*, PyObject* args) {
  PyObject *values, *present, *group, *k, *keep;
  long long groups_count;
  int bottom;
  if (!PyArg_ParseTuple(args, "OOOLOiO:rank", &values, &present, &group, &groups_count, &k, &bottom, &keep)) return nullptr;
  View v_values(values, false, "values"), v_present(present, false, "present"), v_group(group, false, "group"),
      v_k(k, false, "k"), v_keep(keep, true, "keep");
  if (!v_values.ok() || !v_present.ok() || !v_group.ok() || !v_k.ok() || !v_keep.ok()) return nullptr;
  int64_t rows = v_group.count<int64_t>(), steps = v_k.count<int64_t>();
  if (groups_count < 0 || v_values.count<double>() != rows * steps || v_present.bytes() != rows * steps ||
      v_keep.bytes() != rows * steps || !groups_fit(v_group.as<int64_t>(), rows, groups_count))
    return bad("rows or groups do not fit");
  bool enough = without_gil([&] {
    std::memset(v_keep.as<uint8_t>(), 0, v_keep.bytes());
    Groups groups(v_group.as<int64_t>(), rows, groups_count);
    WeakestFirst best{nullptr, bottom != 0, {}};
    each_column(v_values.as<double>(), v_present.as<uint8_t>(), steps, 0, steps, groups,
                [&](int64_t step, int64_t, const Column& column) {
                  int64_t wanted = v_k.as<int64_t>()[step];
                  best.values = column.values;
                  best.heap.clear();
                  for (int64_t i = 0; i < column.count && wanted > 0; ++i) {
                    if (static_cast<int64_t>(best.heap.size()) < wanted) {
                      best.push(i);
                    } else if (best.yields_to(i)) {
                      best.replace_top(i);
                    }
                  }
                  for (int64_t i : best.heap) v_keep.as<uint8_t>()[column.rows[i] * steps + step] = 1;
                });
  });
  if (!enough) return PyErr_NoMemory();
  Py_RETURN_NONE;
}

PyMethodDef kMethods[] = {{"accumulate", accumulate, METH_VARARGS, "See plain_aggregate.accumulate."},
                          {"finish", finish, METH_VARARGS, "See plain_aggregate.finish."},
                          {"quantiles", quantiles, METH_VARARGS, "See plain_aggregate.quantiles."},
                          {"rank", rank, METH_VARARGS, "See plain_aggregate.rank."},
                          {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_aggregate", nullptr, 0, kMethods, nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace vedette

PyMODINIT_FUNC PyInit__aggregate(void) { return PyModule_Create(&vedette::kModule); }
