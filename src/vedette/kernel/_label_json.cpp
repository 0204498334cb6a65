// Label sets to JSON objects, many in one call. Twin: label_json.py, with orjson, whose bytes these are.
#include "buffer.hpp"

#include <new>
#include <string>

namespace vedette {
namespace {

// Appends a JSON string; false after a Python error was set, when the text has no UTF-8 form.
bool put_string(std::string& out, PyObject* text) {
  static const char kHex[] = "0123456789abcdef";
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text, &size);
  if (data == nullptr) return false;
  out.push_back('"');
  Py_ssize_t done = 0;
  for (Py_ssize_t i = 0; i < size; ++i) {
    unsigned char c = static_cast<unsigned char>(data[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(data + done, i - done);
    done = i + 1;
    out.push_back('\\');
    switch (c) {
      case '"': out.push_back('"'); break;
      case '\\': out.push_back('\\'); break;
      case '\b': out.push_back('b'); break;
      case '\f': out.push_back('f'); break;
      case '\n': out.push_back('n'); break;
      case '\r': out.push_back('r'); break;
      case '\t': out.push_back('t'); break;
      default:
        out.append("u00");
        out.push_back(kHex[c >> 4]);
        out.push_back(kHex[c & 15]);
    }
  }
  out.append(data + done, size - done);
  out.push_back('"');
  return true;
}

// Appends the object of one label set; false after a Python error was set.
bool put_labels(std::string& out, PyObject* pairs) {
  out.push_back('{');
  for (Py_ssize_t i = 0; i < PyTuple_Size(pairs); ++i) {
    PyObject* pair = PyTuple_GetItem(pairs, i);
    if (!PyTuple_Check(pair) || PyTuple_Size(pair) != 2) {
      PyErr_SetString(PyExc_TypeError, "labels are pairs of texts");
      return false;
    }
    if (i > 0) out.push_back(',');
    if (!put_string(out, PyTuple_GetItem(pair, 0))) return false;
    out.push_back(':');
    if (!put_string(out, PyTuple_GetItem(pair, 1))) return false;
  }
  out.push_back('}');
  return true;
}

PyObject* objects(PyObject*, PyObject* sets) {
  if (!PyList_Check(sets)) {
    PyErr_SetString(PyExc_TypeError, "a list is needed");
    return nullptr;
  }
  Py_ssize_t count = PyList_Size(sets);
  PyObject* result = PyList_New(count);
  if (result == nullptr) return nullptr;
  try {
    std::string out;
    for (Py_ssize_t i = 0; i < count; ++i) {
      PyObject* pairs = PyList_GetItem(sets, i);
      out.clear();
      bool good = pairs != nullptr;
      if (good && !PyTuple_Check(pairs)) {
        PyErr_SetString(PyExc_TypeError, "labels are tuples of pairs");
        good = false;
      }
      PyObject* bytes = nullptr;
      if (good && put_labels(out, pairs)) bytes = PyBytes_FromStringAndSize(out.data(), static_cast<Py_ssize_t>(out.size()));
      if (bytes == nullptr) {
        Py_DECREF(result);
        return nullptr;
      }
      PyList_SetItem(result, i, bytes);
    }
  } catch (const std::bad_alloc&) {
    Py_DECREF(result);
    return PyErr_NoMemory();
  }
  return result;
}

PyMethodDef kMethods[] = {{"objects", objects, METH_O, "See label_json.py."}, {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_label_json", nullptr, 0, kMethods, nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace vedette

PyMODINIT_FUNC PyInit__label_json(void) { return PyModule_Create(&vedette::kModule); }
