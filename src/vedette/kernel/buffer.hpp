// Shared by the compiled kernels: RAII over the buffer protocol and the GIL, limited API (abi3, Python >= 3.11).
#pragma once
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cstdint>
#include <cstring>

namespace vedette {

// A contiguous view of a Python buffer; `ok()` is false after a Python error was set.
class View {
 public:
  View(PyObject* object, bool writable, const char* what) {
    int flags = PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    held_ = PyObject_GetBuffer(object, &buffer_, flags) == 0;
    if (!held_ && !PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "%s: a contiguous buffer is needed", what);
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View() {
    if (held_) PyBuffer_Release(&buffer_);
  }
  bool ok() const { return held_; }
  template <typename T>
  T* as() const {
    return static_cast<T*>(buffer_.buf);
  }
  template <typename T>
  Py_ssize_t count() const {
    return buffer_.len / static_cast<Py_ssize_t>(sizeof(T));
  }
  Py_ssize_t bytes() const { return buffer_.len; }

 private:
  Py_buffer buffer_{};
  bool held_ = false;
};

// Releases the GIL for a scope; no Python call may be made inside. Short work keeps it where `pays` says so: to get it
// back from a busy thread can take longer than the work.
class WithoutGil {
 public:
  explicit WithoutGil(bool pays = true) : state_(pays ? PyEval_SaveThread() : nullptr) {}
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;
  ~WithoutGil() {
    if (state_ != nullptr) PyEval_RestoreThread(state_);
  }

 private:
  PyThreadState* state_;
};

}  // namespace vedette
