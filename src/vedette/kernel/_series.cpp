// Records of series in the log: msgpack [[ref, [name, value, ...]], ...] to refs, tuples of pairs and series ids.
#include "buffer.hpp"

#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "blake2b.hpp"

namespace {

using vedette::Blake2b8;
using vedette::View;
using vedette::WithoutGil;

constexpr char kSeparator = '\xff';

// Reads the few shapes of msgpack that the log writes; every call says whether the bytes are of that shape.
class Reader {
 public:
  Reader(const uint8_t* begin, const uint8_t* end) : at_(begin), end_(end) {}

  bool at_end() const { return at_ == end_; }
  const char* position() const { return reinterpret_cast<const char*>(at_); }

  bool array(size_t* count) {
    uint8_t kind;
    if (!byte(&kind)) return false;
    if (kind >> 4 == 0x9) {
      *count = kind & 0xf;
    } else if (kind == 0xdc || kind == 0xdd) {
      if (!number(kind == 0xdc ? 2 : 4, count)) return false;
    } else {
      return false;
    }
    // An element takes a byte at least: nothing larger is ever allocated on the word of a damaged count.
    return *count <= static_cast<size_t>(end_ - at_);
  }

  bool ref(size_t* value) {
    uint8_t kind;
    if (!byte(&kind)) return false;
    if (kind < 0x80) {
      *value = kind;
      return true;
    }
    return kind >= 0xcc && kind <= 0xce && number(size_t{1} << (kind - 0xcc), value);
  }

  bool text(std::string_view* text) {
    uint8_t kind;
    size_t size;
    if (!byte(&kind)) return false;
    if (kind >> 5 == 0x5) {
      size = kind & 0x1f;
    } else if (kind < 0xd9 || kind > 0xdb || !number(size_t{1} << (kind - 0xd9), &size)) {
      return false;
    }
    if (size > static_cast<size_t>(end_ - at_)) return false;
    *text = {position(), size};
    at_ += size;
    return true;
  }

 private:
  bool byte(uint8_t* value) {
    if (at_ == end_) return false;
    *value = *at_++;
    return true;
  }

  bool number(size_t bytes, size_t* value) {
    if (bytes > static_cast<size_t>(end_ - at_)) return false;
    *value = 0;
    for (size_t i = 0; i < bytes; ++i) *value = *value << 8 | *at_++;
    return true;
  }

  const uint8_t* at_;
  const uint8_t* end_;
};

enum class Outcome { kDone, kOtherShape, kError };

class Decoding {
 public:
  Decoding(Reader reader, PyObject* shared) : reader_(reader), shared_(shared) {}
  Decoding(const Decoding&) = delete;
  Decoding& operator=(const Decoding&) = delete;
  ~Decoding() { Py_XDECREF(rows_); }

  Outcome run() {
    size_t count;
    if (!reader_.array(&count)) return Outcome::kOtherShape;
    rows_ = PyList_New(0);
    if (rows_ == nullptr) return Outcome::kError;
    refs_.reserve(count);
    ends_.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      Outcome outcome = row();
      if (outcome != Outcome::kDone) return outcome;
    }
    return reader_.at_end() ? Outcome::kDone : Outcome::kOtherShape;
  }

  PyObject* result(const Blake2b8& identify) const {
    std::vector<uint64_t> ids(refs_.size());
    {
      WithoutGil released;
      size_t begin = 0;
      for (size_t i = 0; i < ids.size(); ++i) {
        ids[i] = identify(reinterpret_cast<const uint8_t*>(canonical_.data()) + begin, ends_[i] - begin);
        begin = ends_[i];
      }
    }
    Py_ssize_t bytes = static_cast<Py_ssize_t>(ids.size() * sizeof(uint64_t));
    PyObject* refs = PyByteArray_FromStringAndSize(reinterpret_cast<const char*>(refs_.data()), bytes);
    PyObject* numbers = PyByteArray_FromStringAndSize(reinterpret_cast<const char*>(ids.data()), bytes);
    PyObject* all = refs && numbers ? PyTuple_Pack(3, refs, rows_, numbers) : nullptr;
    Py_XDECREF(refs);
    Py_XDECREF(numbers);
    return all;
  }

 private:
  Outcome row() {
    size_t two, ref, texts;
    if (!reader_.array(&two) || two != 2 || !reader_.ref(&ref) || !reader_.array(&texts) || texts % 2 != 0) {
      return Outcome::kOtherShape;
    }
    PyObject* pairs = PyTuple_New(static_cast<Py_ssize_t>(texts / 2));
    if (pairs == nullptr) return Outcome::kError;
    for (size_t i = 0; i < texts / 2; ++i) {
      PyObject* pair = nullptr;
      Outcome outcome = this->pair(&pair);
      if (outcome != Outcome::kDone) {
        Py_DECREF(pairs);
        return outcome;
      }
      Py_INCREF(pair);
      PyTuple_SetItem(pairs, static_cast<Py_ssize_t>(i), pair);
    }
    refs_.push_back(static_cast<int64_t>(ref));
    ends_.push_back(canonical_.size());
    int failed = PyList_Append(rows_, pairs);
    Py_DECREF(pairs);
    return failed ? Outcome::kError : Outcome::kDone;
  }

  // `*pair` is borrowed from the shared ones.
  Outcome pair(PyObject** pair) {
    const char* begin = reader_.position();
    std::string_view name, value;
    if (!reader_.text(&name) || !reader_.text(&value)) return Outcome::kOtherShape;
    canonical_.append(name).push_back(kSeparator);
    canonical_.append(value).push_back(kSeparator);
    PyObject*& known = known_[{begin, static_cast<size_t>(reader_.position() - begin)}];
    if (known == nullptr) {
      Outcome outcome = make(name, value, &known);
      if (outcome != Outcome::kDone) return outcome;
    }
    *pair = known;
    return Outcome::kDone;
  }

  Outcome make(std::string_view name, std::string_view value, PyObject** pair) {
    PyObject* key = text(name);
    PyObject* content = key == nullptr ? nullptr : text(value);
    PyObject* made = content == nullptr ? nullptr : PyTuple_Pack(2, key, content);
    Py_XDECREF(key);
    Py_XDECREF(content);
    if (made == nullptr) {
      if (!PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) return Outcome::kError;
      PyErr_Clear();
      return Outcome::kOtherShape;
    }
    *pair = PyDict_GetItemWithError(shared_, made);
    if (*pair == nullptr && !PyErr_Occurred() && PyDict_SetItem(shared_, made, made) == 0) *pair = made;
    Py_DECREF(made);
    return *pair == nullptr ? Outcome::kError : Outcome::kDone;
  }

  static PyObject* text(std::string_view text) {
    return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
  }

  Reader reader_;
  PyObject* shared_;
  PyObject* rows_ = nullptr;
  std::vector<int64_t> refs_;
  std::vector<size_t> ends_;
  std::string canonical_;
  std::unordered_map<std::string_view, PyObject*> known_;
};

PyObject* decode(PyObject*, PyObject* args) {
  PyObject *packed_obj, *key_obj, *shared;
  if (!PyArg_ParseTuple(args, "OOO!", &packed_obj, &key_obj, &PyDict_Type, &shared)) return nullptr;
  View packed(packed_obj, false, "packed"), key(key_obj, false, "key");
  if (!packed.ok() || !key.ok()) return nullptr;
  if (key.bytes() < 1 || key.bytes() > static_cast<Py_ssize_t>(Blake2b8::kMaxKeyBytes)) {
    PyErr_SetString(PyExc_ValueError, "a key of 1 to 64 bytes is needed");
    return nullptr;
  }
  try {
    const uint8_t* begin = packed.as<const uint8_t>();
    Decoding decoding(Reader(begin, begin + packed.bytes()), shared);
    switch (decoding.run()) {
      case Outcome::kDone:
        return decoding.result(Blake2b8(key.as<const uint8_t>(), static_cast<size_t>(key.bytes())));
      case Outcome::kOtherShape:
        Py_RETURN_NONE;
      case Outcome::kError:
        break;
    }
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
  return nullptr;
}

PyMethodDef kMethods[] = {{"decode", decode, METH_VARARGS, "decode(packed, key, shared) -> (refs, rows, ids) or None"},
                          {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_series", "Records of series in the log.", -1, kMethods,
                       nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__series() { return PyModule_Create(&kModule); }
