// The Python side of the intern table: class Table with the methods of intern.TableDoor.
#include "buffer.hpp"

#include <new>

#include "intern_lines.hpp"
#include "intern_remote_write.hpp"
#include "intern_table.hpp"

namespace {

using vedette::Columns;
using vedette::Fatal;
using vedette::Table;
using vedette::View;
using vedette::WithoutGil;

struct TableObject {
  PyObject_HEAD
  Table* table;
};

Table& table_of(PyObject* self) { return *reinterpret_cast<TableObject*>(self)->table; }

// Owns one reference.
class Ref {
 public:
  explicit Ref(PyObject* object) : object_(object) {}
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  ~Ref() { Py_XDECREF(object_); }
  PyObject* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  PyObject* object_;
};

template <typename T>
PyObject* column(const std::vector<T>& values) {
  return PyByteArray_FromStringAndSize(reinterpret_cast<const char*>(values.data()),
                                       static_cast<Py_ssize_t>(values.size() * sizeof(T)));
}

PyObject* list_of(const std::vector<std::string>& texts) {
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(texts.size()));
  if (list == nullptr) return nullptr;
  for (size_t i = 0; i < texts.size(); ++i) {
    PyObject* text = PyBytes_FromStringAndSize(texts[i].data(), static_cast<Py_ssize_t>(texts[i].size()));
    if (text == nullptr || PyList_SetItem(list, static_cast<Py_ssize_t>(i), text) != 0) {
      Py_DECREF(list);
      return nullptr;
    }
  }
  return list;
}

PyObject* problems_of(const Columns& columns) {
  PyObject* dict = PyDict_New();
  if (dict == nullptr) return nullptr;
  for (const auto& [code, count] : columns.problems) {
    Ref key(PyLong_FromLong(code)), value(PyLong_FromLongLong(count));
    if (!key || !value || PyDict_SetItem(dict, key.get(), value.get()) != 0) {
      Py_DECREF(dict);
      return nullptr;
    }
  }
  return dict;
}

PyObject* examples_of(const Columns& columns) {
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(columns.examples.size()));
  if (list == nullptr) return nullptr;
  for (size_t i = 0; i < columns.examples.size(); ++i) {
    PyObject* pair = Py_BuildValue("(iL)", columns.examples[i].first, static_cast<long long>(columns.examples[i].second));
    if (pair == nullptr || PyList_SetItem(list, static_cast<Py_ssize_t>(i), pair) != 0) {
      Py_DECREF(list);
      return nullptr;
    }
  }
  return list;
}

PyObject* answer(const Table& table) {
  const Columns& columns = table.columns;
  Ref generation(PyLong_FromLongLong(table.generation));
  Ref refs(column(columns.refs)), timestamps(column(columns.timestamps)), values(column(columns.values));
  Ref missed(column(columns.missed)), keys(list_of(columns.keys)), problems(problems_of(columns));
  Ref examples(examples_of(columns)), metadata(list_of(columns.metadata));
  if (!generation || !refs || !timestamps || !values || !missed || !keys || !problems || !examples || !metadata) {
    return nullptr;
  }
  return PyTuple_Pack(9, generation.get(), refs.get(), timestamps.get(), values.get(), missed.get(), keys.get(),
                      problems.get(), examples.get(), metadata.get());
}

// Runs a walk without the GIL and packs what it found. The table's lock is only ever waited for without the GIL, so
// that a thread which has both cannot be waited for by one that has the GIL.
template <typename Walk>
PyObject* run(Table& table, Walk&& walk) {
  Fatal fatal{0, 0};
  bool out_of_memory = false;
  std::unique_lock<std::mutex> lock(table.mutex, std::defer_lock);
  {
    WithoutGil without;
    lock.lock();
    try {
      table.begin();
      walk();
    } catch (const Fatal& found) {
      fatal = found;
    } catch (const std::bad_alloc&) {
      out_of_memory = true;
    }
  }
  if (out_of_memory) return PyErr_NoMemory();
  if (fatal.code != 0) {
    Ref arguments(Py_BuildValue("(in)", fatal.code, static_cast<Py_ssize_t>(fatal.position)));
    if (arguments) PyErr_SetObject(PyExc_ValueError, arguments.get());
    return nullptr;
  }
  return answer(table);
}

// Does something quick under the lock.
template <typename Work>
bool locked(Table& table, Work&& work) {
  WithoutGil without;
  std::lock_guard<std::mutex> lock(table.mutex);
  try {
    work();
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

PyObject* remote_write(PyObject* self, PyObject* args) {
  PyObject* body;
  int version;
  if (!PyArg_ParseTuple(args, "Oi:remote_write", &body, &version)) return nullptr;
  View view(body, false, "body");
  if (!view.ok()) return nullptr;
  Table& table = table_of(self);
  return run(table, [&] {
    vedette::RemoteWrite walk(table, view.as<const char>(), static_cast<size_t>(view.bytes()));
    version == 1 ? walk.version_1() : walk.version_2();
  });
}

PyObject* influx(PyObject* self, PyObject* args) {
  PyObject* body;
  long long multiply, divide;
  if (!PyArg_ParseTuple(args, "OLL:influx", &body, &multiply, &divide)) return nullptr;
  if (multiply < 1 || divide < 1) {
    PyErr_SetString(PyExc_ValueError, "factors must be positive");
    return nullptr;
  }
  View view(body, false, "body");
  if (!view.ok()) return nullptr;
  Table& table = table_of(self);
  return run(table, [&] {
    vedette::LineProtocol(table, view.as<const char>(), static_cast<size_t>(view.bytes()), multiply, divide).walk();
  });
}

PyObject* exposition(PyObject* self, PyObject* args) {
  PyObject* body;
  int openmetrics;
  if (!PyArg_ParseTuple(args, "Op:exposition", &body, &openmetrics)) return nullptr;
  View view(body, false, "body");
  if (!view.ok()) return nullptr;
  Table& table = table_of(self);
  return run(table, [&] {
    vedette::Exposition(table, view.as<const char>(), static_cast<size_t>(view.bytes()), openmetrics != 0).walk();
  });
}

PyObject* lookup(PyObject* self, PyObject* keys) {
  Ref sequence(PySequence_List(keys));
  if (!sequence) return nullptr;
  Py_ssize_t count = PyList_Size(sequence.get());
  std::vector<std::pair<const char*, size_t>> texts;
  texts.reserve(static_cast<size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    char* text;
    Py_ssize_t length;
    // The list holds the keys for as long as they are looked at.
    if (PyBytes_AsStringAndSize(PyList_GetItem(sequence.get(), i), &text, &length) != 0) return nullptr;
    texts.emplace_back(text, static_cast<size_t>(length));
  }
  Table& table = table_of(self);
  return run(table, [&] {
    int64_t position = 0;
    for (auto [text, length] : texts) {
      bool missed;
      table.columns.append(table.ref_of(text, length, position++, 1, &missed), 0, 0.0);
    }
  });
}

PyObject* resolve(PyObject* self, PyObject* args) {
  long long generation;
  PyObject *entries_object, *refs_object;
  if (!PyArg_ParseTuple(args, "LOO:resolve", &generation, &entries_object, &refs_object)) return nullptr;
  View entries(entries_object, false, "entries"), refs(refs_object, false, "refs");
  if (!entries.ok() || !refs.ok()) return nullptr;
  Py_ssize_t count = entries.count<int64_t>();
  if (refs.count<int64_t>() != count) {
    PyErr_SetString(PyExc_ValueError, "entries and refs differ in length");
    return nullptr;
  }
  Table& table = table_of(self);
  bool known = true;
  locked(table, [&] {
    if (table.generation != generation) return;
    for (Py_ssize_t i = 0; i < count; ++i) {
      int64_t entry, ref;
      std::memcpy(&entry, entries.as<const char>() + i * 8, 8);
      std::memcpy(&ref, refs.as<const char>() + i * 8, 8);
      if (entry < 0 || static_cast<size_t>(entry) >= table.states.size()) {
        known = false;
        return;
      }
      table.states[static_cast<size_t>(entry)].ref = ref;
    }
  });
  if (!known) {
    PyErr_SetString(PyExc_ValueError, "no such entry");
    return nullptr;
  }
  Py_RETURN_NONE;
}

PyObject* retry(PyObject* self, PyObject* codes) {
  Ref sequence(PySequence_List(codes));
  if (!sequence) return nullptr;
  std::vector<int64_t> wanted;
  for (Py_ssize_t i = 0; i < PyList_Size(sequence.get()); ++i) {
    wanted.push_back(PyLong_AsLongLong(PyList_GetItem(sequence.get(), i)));
    if (PyErr_Occurred()) return nullptr;
  }
  Table& table = table_of(self);
  locked(table, [&] {
    for (Table::State& state : table.states) {
      for (int64_t code : wanted) {
        if (state.ref == code) state.ref = vedette::kUnresolved;
      }
    }
  });
  Py_RETURN_NONE;
}

PyObject* sweep(PyObject* self, PyObject*) {
  Table& table = table_of(self);
  long long used = 0, entries = 0, bytes = 0;
  locked(table, [&] {
    used = table.used;
    entries = static_cast<long long>(table.states.size());
    bytes = static_cast<long long>(table.keys.key_bytes() + table.lines.key_bytes());
    table.used = 0;
    ++table.sweep;
  });
  return Py_BuildValue("(LLL)", used, entries, bytes);
}

PyObject* forget(PyObject* self, PyObject*) {
  Table& table = table_of(self);
  if (!locked(table, [&] { table.forget(); })) return PyErr_NoMemory();
  Py_RETURN_NONE;
}

PyObject* make(PyTypeObject* type, PyObject* args, PyObject*) {
  const char* seed;
  Py_ssize_t length, max_misses;
  if (!PyArg_ParseTuple(args, "y#n:Table", &seed, &length, &max_misses)) return nullptr;
  if (length != 16 || max_misses < 0) {
    PyErr_SetString(PyExc_ValueError, "Table(seed of 16 bytes, max_misses)");
    return nullptr;
  }
  allocfunc allocate = reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc));
  PyObject* self = allocate(type, 0);
  if (self == nullptr) return nullptr;
  uint64_t keys[2];
  std::memcpy(keys, seed, 16);
  try {
    reinterpret_cast<TableObject*>(self)->table = new Table(keys[0], keys[1], static_cast<size_t>(max_misses));
  } catch (const std::bad_alloc&) {
    Py_DECREF(self);
    return PyErr_NoMemory();
  }
  return self;
}

void destroy(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<TableObject*>(self)->table;
  freefunc release = reinterpret_cast<freefunc>(PyType_GetSlot(type, Py_tp_free));
  release(self);
  Py_DECREF(type);
}

PyMethodDef methods[] = {
    {"remote_write", remote_write, METH_VARARGS, "remote_write(body, version)"},
    {"influx", influx, METH_VARARGS, "influx(body, multiply, divide)"},
    {"exposition", exposition, METH_VARARGS, "exposition(body, openmetrics)"},
    {"lookup", lookup, METH_O, "lookup(keys)"},
    {"resolve", resolve, METH_VARARGS, "resolve(generation, entries, refs)"},
    {"retry", retry, METH_O, "retry(codes)"},
    {"sweep", sweep, METH_NOARGS, "sweep()"},
    {"forget", forget, METH_NOARGS, "forget()"},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("An intern table; see vedette.kernel.intern.TableDoor.")},
    {Py_tp_new, reinterpret_cast<void*>(make)},
    {Py_tp_dealloc, reinterpret_cast<void*>(destroy)},
    {Py_tp_methods, methods},
    {0, nullptr},
};

PyType_Spec spec = {"vedette.kernel._intern.Table", sizeof(TableObject), 0, Py_TPFLAGS_DEFAULT, slots};

PyModuleDef module = {PyModuleDef_HEAD_INIT, "_intern", nullptr, -1, nullptr, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__intern() {
  Ref created(PyModule_Create(&module));
  if (!created) return nullptr;
  PyObject* type = PyType_FromSpec(&spec);
  if (type == nullptr) return nullptr;
  if (PyModule_AddObject(created.get(), "Table", type) != 0) {
    Py_DECREF(type);
    return nullptr;
  }
  Py_INCREF(created.get());
  return created.get();
}
