// Walks over Prometheus remote write, versions 1.0 and 2.0.
#pragma once
#include "intern_table.hpp"
#include "parse_number.hpp"

namespace vedette {

// Protobuf wire format between two offsets of a body; throws Fatal.
class Reader {
 public:
  Reader(const char* body, size_t position, size_t end) : body_(body), position_(position), end_(end) {}

  bool more() const { return position_ < end_; }
  size_t position() const { return position_; }

  uint64_t varint() {
    size_t start = position_;
    uint64_t value = 0;
    for (int shift = 0; shift < 70 && position_ < end_; shift += 7) {
      uint64_t byte = static_cast<unsigned char>(body_[position_++]);
      // Bits beyond the 64th fall away, as in every implementation.
      if (shift < 64) value |= (byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    throw Fatal{kTruncated, start};
  }

  // Field number and wire type as number * 8 + type.
  uint64_t field() {
    size_t start = position_;
    uint64_t tag = varint();
    uint64_t type = tag & 7;
    if (tag >> 3 == 0 || !(type == 0 || type == 1 || type == 2 || type == 5)) throw Fatal{kBadWireType, start};
    return tag;
  }

  std::pair<size_t, size_t> span() {
    size_t start = position_;
    uint64_t length = varint();
    if (length > end_ - position_) throw Fatal{kTruncated, start};
    size_t from = position_;
    position_ += length;
    return {from, position_};
  }

  double number() {
    if (end_ - position_ < 8) throw Fatal{kTruncated, position_};
    uint64_t bits;
    std::memcpy(&bits, body_ + position_, 8);
    position_ += 8;
    bool is_nan = (bits & 0x7FFFFFFFFFFFFFFF) > 0x7FF0000000000000;
    return double_of_bits(is_nan && bits != kStaleBits ? kNormalNanBits : bits);
  }

  void skip(uint64_t tag) {
    switch (tag & 7) {
      case 0:
        varint();
        return;
      case 2:
        span();
        return;
      default: {
        size_t width = (tag & 7) == 1 ? 8 : 4;
        if (end_ - position_ < width) throw Fatal{kTruncated, position_};
        position_ += width;
      }
    }
  }

 private:
  const char* body_;
  size_t position_, end_;
};

constexpr uint64_t field_of(uint64_t number, uint64_t type) { return number * 8 + type; }

class RemoteWrite {
 public:
  RemoteWrite(Table& table, const char* body, size_t length)
      : table_(table), columns_(table.columns), body_(body), length_(length) {}

  void version_1() {
    Reader reader(body_, 0, length_);
    int64_t index = 0;
    while (reader.more()) {
      uint64_t tag = reader.field();
      if (tag == field_of(1, 2)) {
        auto [start, end] = reader.span();
        series_1(start, end, index++);
      } else if (tag == field_of(3, 2)) {
        auto [start, end] = reader.span();
        columns_.metadata.emplace_back(body_ + start, end - start);
      } else {
        reader.skip(tag);
      }
    }
  }

  void version_2() {
    Reader reader(body_, 0, length_);
    while (reader.more()) {
      uint64_t tag = reader.field();
      if (tag == field_of(4, 2)) {
        if (symbols_.size() >= kMaxSymbols) throw Fatal{kTooManySymbols, 0};
        symbols_.push_back(reader.span());
      } else {
        reader.skip(tag);
      }
    }
    // Symbols may come after the series that use them, hence a second pass.
    Reader again(body_, 0, length_);
    int64_t index = 0;
    while (again.more()) {
      uint64_t tag = again.field();
      if (tag == field_of(5, 2)) {
        auto [start, end] = again.span();
        series_2(start, end, index++);
      } else {
        again.skip(tag);
      }
    }
  }

 private:
  void sample(std::pair<size_t, size_t> span) {
    Reader reader(body_, span.first, span.second);
    uint64_t timestamp = 0;
    double value = 0.0;
    while (reader.more()) {
      uint64_t tag = reader.field();
      if (tag == field_of(1, 1)) {
        value = reader.number();
      } else if (tag == field_of(2, 0)) {
        timestamp = reader.varint();
      } else {
        reader.skip(tag);
      }
    }
    if (columns_.values.size() >= kMaxSamples) throw Fatal{kTooManySamples, 0};
    columns_.timestamps.push_back(static_cast<int64_t>(timestamp));
    columns_.values.push_back(value);
  }

  // Gives the samples that were read last their ref, or takes them back.
  void finish(int64_t ref, size_t samples) {
    if (ref == kUnresolved) {
      columns_.timestamps.resize(columns_.refs.size());
      columns_.values.resize(columns_.refs.size());
    } else {
      columns_.refs.insert(columns_.refs.end(), samples, ref);
    }
  }

  void series_1(size_t start, size_t end, int64_t index) {
    Reader reader(body_, start, end);
    size_t key_start = 0, key_end = 0;
    bool scattered = false;
    int64_t exemplars = 0, histograms = 0;
    while (reader.more()) {
      size_t begin = reader.position();
      uint64_t tag = reader.field();
      if (tag == field_of(1, 2)) {
        size_t stop = reader.span().second;
        if (scattered) {
          table_.scratch.append(body_ + begin, stop - begin);
        } else if (key_end == 0) {
          key_start = begin;
          key_end = stop;
        } else if (begin == key_end) {
          key_end = stop;
        } else {
          scattered = true;
          table_.scratch.assign(body_ + key_start, key_end - key_start);
          table_.scratch.append(body_ + begin, stop - begin);
        }
      } else if (tag == field_of(2, 2)) {
        sample(reader.span());
      } else if (tag == field_of(3, 2)) {
        reader.span();
        ++exemplars;
      } else if (tag == field_of(4, 2)) {
        reader.span();
        ++histograms;
      } else {
        reader.skip(tag);
      }
    }
    columns_.problem(kExemplar, index, exemplars);
    columns_.problem(kNativeHistogram, index, histograms);
    size_t samples = columns_.values.size() - columns_.refs.size();
    if (samples == 0) return;
    const char* key = scattered ? table_.scratch.data() : body_ + key_start;
    size_t key_length = scattered ? table_.scratch.size() : key_end - key_start;
    bool missed;
    finish(table_.ref_of(key, key_length, index, static_cast<int64_t>(samples), &missed), samples);
  }

  void series_2(size_t start, size_t end, int64_t index) {
    Reader reader(body_, start, end);
    refs_.clear();
    int64_t exemplars = 0, histograms = 0;
    bool has_metadata = false;
    int64_t described[5] = {0, 0, 0, 0, 0};
    while (reader.more()) {
      uint64_t tag = reader.field();
      if (tag == field_of(1, 2)) {
        auto [from, to] = reader.span();
        Reader packed(body_, from, to);
        while (packed.more()) label_ref(packed.varint());
      } else if (tag == field_of(1, 0)) {
        label_ref(reader.varint());
      } else if (tag == field_of(2, 2)) {
        sample(reader.span());
      } else if (tag == field_of(3, 2)) {
        reader.span();
        ++histograms;
      } else if (tag == field_of(4, 2)) {
        reader.span();
        ++exemplars;
      } else if (tag == field_of(5, 2)) {
        has_metadata = true;
        metadata(reader.span(), described);
      } else {
        reader.skip(tag);
      }
    }
    columns_.problem(kExemplar, index, exemplars);
    columns_.problem(kNativeHistogram, index, histograms);
    size_t samples = columns_.values.size() - columns_.refs.size();
    if (samples == 0) return;
    int64_t count = static_cast<int64_t>(samples);
    int problem = build_key();
    if (problem != 0) {
      columns_.problem(problem, index, count);
      finish(kUnresolved, samples);
      return;
    }
    bool missed;
    int64_t ref = table_.ref_of(table_.scratch.data(), table_.scratch.size(), index, count, &missed);
    if (missed) {
      std::string slice;
      if (has_metadata) slice.assign(reinterpret_cast<const char*>(described), sizeof described);
      columns_.metadata.push_back(std::move(slice));
    }
    finish(ref, samples);
  }

  void label_ref(uint64_t ref) {
    if (refs_.size() <= kMaxLabelRefs) refs_.push_back(ref);
  }

  void metadata(std::pair<size_t, size_t> span, int64_t* described) {
    Reader reader(body_, span.first, span.second);
    for (int i = 0; i < 5; ++i) described[i] = 0;
    while (reader.more()) {
      uint64_t tag = reader.field();
      if (tag == field_of(1, 0)) {
        described[0] = static_cast<int64_t>(reader.varint() & 0xFFFF);
      } else if (tag == field_of(3, 0) || tag == field_of(4, 0)) {
        int64_t* place = described + (tag == field_of(3, 0) ? 1 : 3);
        uint64_t ref = reader.varint();
        auto [from, to] = ref < symbols_.size() ? symbols_[ref] : std::pair<size_t, size_t>{0, 0};
        place[0] = static_cast<int64_t>(from);
        place[1] = static_cast<int64_t>(to - from);
      } else {
        reader.skip(tag);
      }
    }
  }

  // The labels as version 1.0 writes them, so that both versions share keys; 0 or a problem.
  int build_key() {
    if (refs_.size() > kMaxLabelRefs) return kKeyTooLong;
    if (refs_.size() % 2 != 0) return kBadSymbol;
    size_t total = 0;
    for (uint64_t ref : refs_) {
      if (ref >= symbols_.size()) return kBadSymbol;
      total += symbols_[ref].second - symbols_[ref].first;
    }
    table_.built_bytes += total;
    if (total > kMaxKeyBytes || table_.built_bytes > kMaxBuiltKeyBytes) return kKeyTooLong;
    // Written through a pointer: this is most of the work of a version 2.0 request. No label needs more than the tags
    // and three lengths of at most three bytes, as texts are shorter than 64 KiB.
    std::string& key = table_.scratch;
    key.resize(total + refs_.size() / 2 * 12);
    char* out = &key[0];
    for (size_t i = 0; i < refs_.size(); i += 2) {
      auto name = symbols_[refs_[i]], value = symbols_[refs_[i + 1]];
      size_t name_length = name.second - name.first, value_length = value.second - value.first;
      size_t size = 2 + name_length + value_length + varint_size(name_length) + varint_size(value_length);
      *out++ = '\x0a';
      out = put_varint(out, size);
      *out++ = '\x0a';
      out = put_text(put_varint(out, name_length), body_ + name.first, name_length);
      *out++ = '\x12';
      out = put_text(put_varint(out, value_length), body_ + value.first, value_length);
    }
    key.resize(static_cast<size_t>(out - key.data()));
    return 0;
  }

  static size_t varint_size(size_t value) {
    size_t size = 1;
    for (; value >= 0x80; value >>= 7) ++size;
    return size;
  }

  static char* put_varint(char* out, size_t value) {
    for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>((value & 0x7F) | 0x80);
    *out++ = static_cast<char>(value);
    return out;
  }

  static char* put_text(char* out, const char* text, size_t length) {
    std::memcpy(out, text, length);
    return out + length;
  }

  Table& table_;
  Columns& columns_;
  const char* body_;
  size_t length_;
  std::vector<std::pair<size_t, size_t>> symbols_;
  std::vector<uint64_t> refs_;
};

}  // namespace vedette
