// What the index of a block says of its rows, chunks and pages, used where it lies, and the decoders of chunks that were
// used last. Every number of the index is checked before it leads anywhere.
#pragma once
#include "buffer.hpp"
#include "checksum.hpp"
#include "page_stream.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace vedette {
namespace {

constexpr uint32_t kNoChunk = 0xFFFFFFFFu;
constexpr int64_t kKeptBytes = 2 << 20;       // decoders that one block keeps: one has about 8 kB
constexpr int64_t kKeptBytesOfAll = 32 << 20;  // and all blocks together

inline std::atomic<int64_t>& kept_by_all() {
  static std::atomic<int64_t> bytes{0};
  return bytes;
}

// How the samples of a row are cut into pages: all but the last have `size` samples.
struct Geometry {
  int64_t samples, size;
};

// The decoders of the chunks of one number width.
template <typename L>
class Decoders {
 public:
  ~Decoders() { kept_by_all() -= bytes_; }

  // Null when the description makes no sense or is not of the kind that is done here.
  std::shared_ptr<const Chunk<L>> get(int64_t number, const uint8_t* meta, int64_t meta_bytes) {
    {
      std::lock_guard<std::mutex> hold(lock_);
      auto found = kept_.find(number);
      if (found != kept_.end()) return found->second;
    }
    auto made = std::make_shared<Chunk<L>>();
    if (made->parse(meta, meta_bytes) != kDone) return nullptr;
    int64_t bytes = static_cast<int64_t>(made->nodes.size() * sizeof(Node<L>) + sizeof(Chunk<L>));
    std::lock_guard<std::mutex> hold(lock_);
    if (bytes_ + bytes > kKeptBytes || kept_by_all() + bytes > kKeptBytesOfAll) {
      kept_.clear();
      kept_by_all() -= bytes_;
      bytes_ = 0;
    }
    if (kept_by_all() + bytes <= kKeptBytesOfAll && kept_.emplace(number, made).second) {
      bytes_ += bytes;
      kept_by_all() += bytes;
    }
    return made;
  }

 private:
  std::mutex lock_;
  std::unordered_map<int64_t, std::shared_ptr<const Chunk<L>>> kept_;
  int64_t bytes_ = 0;
};

// The arrays, in the order of rows.SECTIONS.
enum Section {
  kRowVector, kRowChunk, kRowPage, kRowScale, kRowNewest, kConstant, kMultiplier, kDivisor, kVectorCount, kVectorFirst,
  kVectorLast, kVectorStep, kChunkOffset, kChunkChecksum, kChunkKind, kChunkPage, kPageOffset, kSections
};

class Directory {
 public:
  // `ok()` is false after a Python error was set.
  Directory(PyObject* const* sections, PyObject* content, int64_t page_samples) : page_samples_(page_samples) {
    for (int i = 0; i <= kSections && good_; ++i) {
      views_.push_back(std::make_unique<View>(i < kSections ? sections[i] : content, false, "section"));
      good_ = views_.back()->ok();
    }
    if (!good_) return;
    point(kRowVector, row_vector, rows), point(kRowChunk, row_chunk, rows), point(kRowPage, row_page, rows);
    point(kRowScale, row_scale, rows), point(kRowNewest, row_newest, rows);
    point(kConstant, constant, constants), point(kMultiplier, multiplier, scales), point(kDivisor, divisor, scales);
    point(kVectorCount, vector_count, vectors), point(kVectorFirst, vector_first, vectors);
    point(kVectorLast, vector_last, vectors), point(kVectorStep, vector_step, vectors);
    point(kChunkKind, chunk_kind, chunks), point(kChunkChecksum, chunk_checksum, chunks);
    int64_t bounds = chunks + 1;
    point(kChunkOffset, chunk_offset, bounds), point(kChunkPage, chunk_page, bounds);
    point(kPageOffset, page_offset, pages);
    data = views_.back()->as<uint8_t>();
    data_bytes = views_.back()->bytes();
    if (!good_) PyErr_SetString(PyExc_ValueError, "sections of a block differ in length");
  }
  bool ok() const { return good_; }

  // Whether the row and its vector are there and its samples are so few that they have page numbers.
  bool has(int64_t row) const {
    if (row < 0 || row >= rows || row_vector[row] >= vectors) return false;
    uint32_t chunk = row_chunk[row], count = vector_count[row_vector[row]];
    if (count == 0 || count > 1u << 30) return false;
    if (chunk == kNoChunk) return row_page[row] < constants;
    return chunk < chunks && row_scale[row] < scales;
  }
  Geometry geometry(int64_t row) const {
    int64_t samples = vector_count[row_vector[row]], count = (samples + page_samples_ - 1) / page_samples_;
    return {samples, (samples + count - 1) / count};
  }

  // Begin and end of a page in the data, false when it is not there.
  bool page_bounds(int64_t chunk, int64_t entry, int64_t& begin, int64_t& end) const {
    if (entry < 0 || entry + 1 >= pages) return false;
    begin = at(chunk, page_offset[entry]);
    end = at(chunk, page_offset[entry + 1]);
    return begin >= 0 && begin <= end && end <= data_bytes;
  }

  // Begin and end of what all pages of a chunk share; false when it is not there or the chunk has exceptions.
  bool description(int64_t chunk, int64_t& begin, int64_t& end) const {
    int64_t first = chunk_page[chunk], last = static_cast<int64_t>(chunk_page[chunk + 1]) - 1;
    if (first >= pages || last < 0 || last >= pages) return false;
    begin = at(chunk, 0), end = at(chunk, page_offset[first]);
    bool odd = at(chunk, page_offset[last]) != at(chunk + 1, 0);
    return !odd && begin >= 0 && begin <= end && end <= data_bytes;
  }

  // Whether the bytes of a chunk are those that were written.
  bool is_whole(int64_t chunk) const {
    int64_t begin = at(chunk, 0), end = at(chunk + 1, 0);
    return begin >= 0 && begin <= end && end <= data_bytes && checksum(data + begin, end - begin) == chunk_checksum[chunk];
  }

  template <typename L>
  Decoders<L>& decoders() {
    if constexpr (sizeof(L) == 2) {
      return narrow_;
    } else if constexpr (sizeof(L) == 4) {
      return middle_;
    } else {
      return wide_;
    }
  }

  const uint32_t *row_vector, *row_chunk, *row_page, *row_scale, *vector_count, *chunk_page, *chunk_checksum, *page_offset;
  const uint64_t *row_newest, *constant, *chunk_offset;
  const double *multiplier, *divisor;
  const int64_t *vector_first, *vector_last, *vector_step;
  const uint8_t *chunk_kind, *data;
  int64_t rows = -1, constants = -1, scales = -1, vectors = -1, chunks = -1, pages = -1, data_bytes = 0;

 private:
  // Where something of a chunk is, -1 when that is no place.
  int64_t at(int64_t chunk, uint32_t offset) const {
    uint64_t base = chunk_offset[chunk];
    return base > static_cast<uint64_t>(data_bytes) ? -1 : static_cast<int64_t>(base + offset);
  }
  // Points to a section; `count` is how many numbers it must have, or -1, and then becomes that.
  template <typename T>
  void point(Section section, const T*& pointer, int64_t& count) {
    const View& view = *views_[section];
    int64_t here = view.count<T>();
    if (count < 0) count = here;
    good_ = good_ && here == count && view.bytes() == here * static_cast<int64_t>(sizeof(T)) &&
            reinterpret_cast<uintptr_t>(view.as<void>()) % alignof(T) == 0;
    pointer = view.as<T>();
  }

  std::vector<std::unique_ptr<View>> views_;
  int64_t page_samples_;
  bool good_ = true;
  Decoders<uint16_t> narrow_;
  Decoders<uint32_t> middle_;
  Decoders<uint64_t> wide_;
};

}  // namespace
}  // namespace vedette
