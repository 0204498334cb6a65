// The head's two inner loops: scatter a batch of samples into rows, and gather slices of rows side by side.
// Twin: plain_head.py. The arrays of the table are described in tsdb/head_table.py.
#include "buffer.hpp"

#include <memory>

namespace {

using vedette::View;
using vedette::WithoutGil;

enum Field {
  kRowOf, kNewestMs, kNewestValue, kExpected,            // by ref
  kRowRef, kRowTrack, kRowLength, kRowBase, kRowRoom,    // by row
  kValues,                                               // samples of rows
  kTrackBase, kTrackLength, kTrackRoom, kTrackParent, kTrackFork,  // by track
  kTimes,                                                // timestamps of tracks
  kForks,                                                // cache: hash -> track
  kCounters,
  kFields
};
constexpr int kWidth[kFields] = {4, 8, 8, 4, 4, 4, 4, 8, 4, 8, 8, 4, 4, 4, 4, 8, 4, 8};
enum Counter { kRows, kValuesUsed, kTracks, kTimesUsed, kOutOfOrder, kDuplicates, kLate, kCounterCount };

constexpr int32_t kFirstRoom = 8;
constexpr int64_t kAhead = 12;  // samples between asking for a cache line and writing to it
constexpr int32_t kMaxRoom = 1 << 24;

struct Table {
  int32_t* row_of;
  int64_t* newest_ms;
  double* newest_value;
  const int32_t* expected;
  int32_t* row_ref;
  int32_t* row_track;
  int32_t* row_length;
  int64_t* row_base;
  int32_t* row_room;
  double* values;
  int64_t* track_base;
  int32_t* track_length;
  int32_t* track_room;
  int32_t* track_parent;
  int32_t* track_fork;
  int64_t* times;
  int32_t* forks;
  int64_t* counters;
  int64_t refs, rows, tracks, values_room, times_room, fork_mask;
};

enum class Step { kDone, kLate, kFull };

// Room for one more sample in a row; moves the row to a wider place when it is full.
bool widen_row(Table& t, int32_t row) {
  int32_t length = t.row_length[row];
  if (length < t.row_room[row]) return true;
  // Two to four times as much, by row: so rows that are scraped together do not all move in one batch.
  int64_t room = length == 0 ? kFirstRoom : int64_t{length} * 2 + int64_t{row} * 7919 % (int64_t{length} * 2);
  if (room > kMaxRoom) room = int64_t{length} + kMaxRoom / 4;
  int64_t base = t.counters[kValuesUsed];
  if (base + room > t.values_room) return false;
  if (length) memcpy(t.values + base, t.values + t.row_base[row], sizeof(double) * length);
  t.counters[kValuesUsed] = base + room;
  t.row_base[row] = base;
  t.row_room[row] = static_cast<int32_t>(room);
  return true;
}

bool extend_track(Table& t, int32_t track, int64_t time) {
  int32_t length = t.track_length[track];
  if (length == t.track_room[track]) {
    int64_t room = int64_t{length} * 2 < 8 ? 8 : int64_t{length} * 2;
    int64_t base = t.counters[kTimesUsed];
    if (base + room > t.times_room) return false;
    memcpy(t.times + base, t.times + t.track_base[track], sizeof(int64_t) * length);
    t.counters[kTimesUsed] = base + room;
    t.track_base[track] = base;
    t.track_room[track] = static_cast<int32_t>(room);
  }
  t.times[t.track_base[track] + length] = time;
  t.track_length[track] = length + 1;
  return true;
}

// A track that has the first `length` times of `parent` and then `time`; -1 when there is no room.
int32_t fork_track(Table& t, int32_t parent, int32_t length, int64_t time) {
  uint64_t hash = (static_cast<uint64_t>(parent) * 0x9E3779B97F4A7C15u) ^
                  (static_cast<uint64_t>(length) * 0xC2B2AE3D27D4EB4Fu) ^
                  (static_cast<uint64_t>(time) * 0x165667B19E3779F9u);
  int32_t* slot = t.forks + ((hash >> 32) & static_cast<uint64_t>(t.fork_mask));
  int32_t known = *slot;
  if (known > 0 && t.track_parent[known] == parent && t.track_fork[known] == length &&
      t.times[t.track_base[known] + length] == time) {
    return known;
  }
  int64_t track = t.counters[kTracks];
  int64_t room = length + (length < 8 ? 8 : length / 2);
  int64_t base = t.counters[kTimesUsed];
  if (track >= t.tracks || base + room > t.times_room) return -1;
  if (length) memcpy(t.times + base, t.times + t.track_base[parent], sizeof(int64_t) * length);
  t.times[base + length] = time;
  t.counters[kTracks] = track + 1;
  t.counters[kTimesUsed] = base + room;
  t.track_base[track] = base;
  t.track_length[track] = length + 1;
  t.track_room[track] = static_cast<int32_t>(room);
  t.track_parent[track] = parent;
  t.track_fork[track] = length;
  *slot = static_cast<int32_t>(track);
  return static_cast<int32_t>(track);
}

int32_t new_row(Table& t, int64_t ref) {
  int64_t row = t.counters[kRows];
  if (row >= t.rows) return -1;
  int64_t room = t.expected[ref];
  if (room > 0) {
    if (room > kMaxRoom) room = kMaxRoom;
    int64_t base = t.counters[kValuesUsed];
    if (base + room > t.values_room) return -1;
    t.counters[kValuesUsed] = base + room;
    t.row_base[row] = base;
  }
  t.counters[kRows] = row + 1;
  t.row_ref[row] = static_cast<int32_t>(ref);
  t.row_track[row] = 0;
  t.row_length[row] = 0;
  t.row_room[row] = room > 0 ? static_cast<int32_t>(room) : 0;
  t.row_of[ref] = static_cast<int32_t>(row);
  return static_cast<int32_t>(row);
}

Step put(Table& t, int64_t ref, int64_t time, double value) {
  int32_t row = t.row_of[ref];
  if (row < 0 && (row = new_row(t, ref)) < 0) return Step::kFull;
  int32_t length = t.row_length[row];
  int32_t track = t.row_track[row];
  if (length > 0) {
    int64_t last = t.times[t.track_base[track] + length - 1];
    if (time < last) return Step::kLate;
    if (time == last) {
      t.values[t.row_base[row] + length - 1] = value;
      return Step::kDone;
    }
  }
  if (!widen_row(t, row)) return Step::kFull;
  if (length == 0) {
    int32_t next = fork_track(t, 0, 0, time);
    if (next < 0) return Step::kFull;
    t.row_track[row] = next;
  } else if (t.track_length[track] == length) {
    if (!extend_track(t, track, time)) return Step::kFull;
  } else if (t.times[t.track_base[track] + length] != time) {
    int32_t next = fork_track(t, track, length, time);
    if (next < 0) return Step::kFull;
    t.row_track[row] = next;
  }
  t.values[t.row_base[row] + length] = value;
  t.row_length[row] = length + 1;
  return Step::kDone;
}

// Returns how many samples are in; fewer than `count` means that some array must grow first.
int64_t scatter_all(Table& t, const int64_t* refs, const int64_t* times, const double* values, int64_t start,
                    int64_t count, int64_t* late) {
  for (int64_t i = start; i < count; ++i) {
    if (i + kAhead < count) {
      int32_t next = t.row_of[refs[i + kAhead]];
      if (next >= 0) __builtin_prefetch(t.values + t.row_base[next] + t.row_length[next], 1);
    }
    int64_t ref = refs[i];
    Step step = put(t, ref, times[i], values[i]);
    if (step == Step::kFull) return i;
    if (step == Step::kLate) late[t.counters[kLate]++] = i;
    if (times[i] >= t.newest_ms[ref]) {
      if (times[i] == t.newest_ms[ref]) ++t.counters[kDuplicates];
      t.newest_ms[ref] = times[i];
      t.newest_value[ref] = values[i];
    } else {
      ++t.counters[kOutOfOrder];
    }
  }
  return count;
}

bool read_table(const std::unique_ptr<View>* views, Table& t) {
  for (int i = 0; i < kFields; ++i) {
    if (views[i]->bytes() % kWidth[i]) {
      PyErr_Format(PyExc_ValueError, "table: array %d has a wrong item size", i);
      return false;
    }
  }
  auto count = [&](Field field) { return static_cast<int64_t>(views[field]->bytes() / kWidth[field]); };
  t.refs = count(kRowOf);
  t.rows = count(kRowRef);
  t.tracks = count(kTrackBase);
  t.values_room = count(kValues);
  t.times_room = count(kTimes);
  t.fork_mask = count(kForks) - 1;
  bool fits = count(kNewestMs) >= t.refs && count(kNewestValue) >= t.refs && count(kExpected) >= t.refs &&
              count(kRowTrack) >= t.rows && count(kRowLength) >= t.rows && count(kRowBase) >= t.rows &&
              count(kRowRoom) >= t.rows && count(kTrackLength) >= t.tracks && count(kTrackRoom) >= t.tracks &&
              count(kTrackParent) >= t.tracks && count(kTrackFork) >= t.tracks && t.fork_mask >= 0 &&
              ((t.fork_mask + 1) & t.fork_mask) == 0 && count(kCounters) >= kCounterCount;
  if (!fits) {
    PyErr_SetString(PyExc_ValueError, "table: array lengths do not fit each other");
    return false;
  }
  t.row_of = views[kRowOf]->as<int32_t>();
  t.newest_ms = views[kNewestMs]->as<int64_t>();
  t.newest_value = views[kNewestValue]->as<double>();
  t.expected = views[kExpected]->as<int32_t>();
  t.row_ref = views[kRowRef]->as<int32_t>();
  t.row_track = views[kRowTrack]->as<int32_t>();
  t.row_length = views[kRowLength]->as<int32_t>();
  t.row_base = views[kRowBase]->as<int64_t>();
  t.row_room = views[kRowRoom]->as<int32_t>();
  t.values = views[kValues]->as<double>();
  t.track_base = views[kTrackBase]->as<int64_t>();
  t.track_length = views[kTrackLength]->as<int32_t>();
  t.track_room = views[kTrackRoom]->as<int32_t>();
  t.track_parent = views[kTrackParent]->as<int32_t>();
  t.track_fork = views[kTrackFork]->as<int32_t>();
  t.times = views[kTimes]->as<int64_t>();
  t.forks = views[kForks]->as<int32_t>();
  t.counters = views[kCounters]->as<int64_t>();
  return true;
}

// scatter(table, refs, timestamps_ms, values, start, late) -> samples that are in
PyObject* scatter(PyObject*, PyObject* args) {
  PyObject *table_obj, *refs_obj, *times_obj, *values_obj, *late_obj;
  long long start;
  if (!PyArg_ParseTuple(args, "OOOOLO", &table_obj, &refs_obj, &times_obj, &values_obj, &start, &late_obj)) return nullptr;
  if (!PyTuple_Check(table_obj) || PyTuple_Size(table_obj) != kFields) {
    PyErr_Format(PyExc_TypeError, "table: a tuple of %d arrays is needed", int{kFields});
    return nullptr;
  }
  std::unique_ptr<View> views[kFields];
  for (int i = 0; i < kFields; ++i) {
    views[i] = std::make_unique<View>(PyTuple_GetItem(table_obj, i), true, "table");
    if (!views[i]->ok()) return nullptr;
  }
  View refs(refs_obj, false, "refs"), times(times_obj, false, "timestamps_ms"), values(values_obj, false, "values"),
      late(late_obj, true, "late");
  if (!refs.ok() || !times.ok() || !values.ok() || !late.ok()) return nullptr;
  Table table{};
  if (!read_table(views, table)) return nullptr;
  int64_t count = refs.count<int64_t>();
  if (times.count<int64_t>() != count || values.count<double>() != count || late.count<int64_t>() < count || start < 0 ||
      start > count) {
    PyErr_SetString(PyExc_ValueError, "refs, timestamps_ms, values and late must have one length");
    return nullptr;
  }
  const int64_t* ref = refs.as<int64_t>();
  for (int64_t i = start; i < count; ++i) {
    if (ref[i] < 0 || ref[i] >= table.refs) {
      PyErr_Format(PyExc_IndexError, "ref %lld is out of range", static_cast<long long>(ref[i]));
      return nullptr;
    }
  }
  // The GIL stays: a batch takes some ten microseconds, less than giving it up and fighting for it again.
  int64_t done = scatter_all(table, ref, times.as<int64_t>(), values.as<double>(), start, count, late.as<int64_t>());
  return PyLong_FromLongLong(done);
}

// gather(source, starts, lengths, target, target_starts): target[target_starts[i]:][:lengths[i]] = source[starts[i]:][:lengths[i]]
PyObject* gather(PyObject*, PyObject* args) {
  PyObject *source_obj, *starts_obj, *lengths_obj, *target_obj, *target_starts_obj;
  if (!PyArg_ParseTuple(args, "OOOOO", &source_obj, &starts_obj, &lengths_obj, &target_obj, &target_starts_obj)) return nullptr;
  View source(source_obj, false, "source"), starts(starts_obj, false, "starts"), lengths(lengths_obj, false, "lengths"),
      target(target_obj, true, "target"), target_starts(target_starts_obj, false, "target_starts");
  if (!source.ok() || !starts.ok() || !lengths.ok() || !target.ok() || !target_starts.ok()) return nullptr;
  int64_t count = starts.count<int64_t>(), source_count = source.count<int64_t>(), target_count = target.count<int64_t>();
  if (lengths.count<int64_t>() != count || target_starts.count<int64_t>() != count) {
    PyErr_SetString(PyExc_ValueError, "starts, lengths and target_starts must have one length");
    return nullptr;
  }
  const int64_t *from = starts.as<int64_t>(), *length = lengths.as<int64_t>(), *to = target_starts.as<int64_t>();
  int64_t total = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (length[i] < 0 || from[i] < 0 || to[i] < 0 || length[i] > source_count || length[i] > target_count ||
        from[i] > source_count - length[i] || to[i] > target_count - length[i]) {
      PyErr_Format(PyExc_IndexError, "slice %lld lies outside", static_cast<long long>(i));
      return nullptr;
    }
    total += length[i];
  }
  const int64_t* in = source.as<int64_t>();
  int64_t* out = target.as<int64_t>();
  auto copy = [&] {
    for (int64_t i = 0; i < count; ++i) memcpy(out + to[i], in + from[i], sizeof(int64_t) * length[i]);
  };
  if (total > 65536) {
    WithoutGil released;
    copy();
  } else {
    copy();
  }
  Py_RETURN_NONE;
}

PyMethodDef kMethods[] = {{"scatter", scatter, METH_VARARGS, "scatter(table, refs, timestamps_ms, values, start, late) -> int"},
                          {"gather", gather, METH_VARARGS, "gather(source, starts, lengths, target, target_starts)"},
                          {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_head", "Inner loops of the head.", -1, kMethods,
                       nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__head() { return PyModule_Create(&kModule); }
