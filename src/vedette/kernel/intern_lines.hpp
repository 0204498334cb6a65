// Walks over line formats: Influx line protocol, Prometheus text exposition and OpenMetrics.
#pragma once
#include "intern_table.hpp"
#include "parse_number.hpp"

namespace vedette {

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

inline const char* skip_blanks(const char* p, const char* stop) {
  while (p < stop && is_blank(*p)) ++p;
  return p;
}

inline const char* skip_token(const char* p, const char* stop) {
  while (p < stop && !is_blank(*p)) ++p;
  return p;
}

// Where the line that begins at or runs through `p` ends: the newline, and the text before an optional \r.
struct LineEnd {
  const char* newline;
  const char* stop;

  LineEnd(const char* p, const char* end) {
    const void* found = p < end ? std::memchr(p, '\n', static_cast<size_t>(end - p)) : nullptr;
    newline = found == nullptr ? end : static_cast<const char*>(found);
    stop = newline > p && newline[-1] == '\r' ? newline - 1 : newline;
  }
};

class Exposition {
 public:
  Exposition(Table& table, const char* body, size_t length, bool openmetrics)
      : table_(table), columns_(table.columns), body_(body), end_(body + length), openmetrics_(openmetrics) {}

  void walk() {
    bool ended = false;
    std::string comments;
    int64_t number = 0;
    for (const char* line = body_;; ) {
      ++number;
      LineEnd line_end(line, end_);
      const char* p = skip_blanks(line, line_end.stop);
      if (p < line_end.stop) {
        if (ended) {
          columns_.problem(kAfterEof, number);
        } else if (*p == '#') {
          ended = comment(p + 1, line_end.stop, comments);
        } else {
          int problem = sample(p, line_end.stop, number);
          if (problem != 0) columns_.problem(problem, number);
        }
      }
      if (line_end.newline == end_) break;
      line = line_end.newline + 1;
    }
    if (openmetrics_ && !ended) columns_.problem(kNoEof, number);
    if (comments == table_.comments) columns_.metadata.clear();
    table_.comments = std::move(comments);
  }

 private:
  // Keeps HELP, TYPE and UNIT; true at the end of OpenMetrics.
  bool comment(const char* p, const char* stop, std::string& comments) {
    p = skip_blanks(p, stop);
    if (openmetrics_ && stop - p >= 3 && std::memcmp(p, "EOF", 3) == 0 && skip_blanks(p + 3, stop) == stop) return true;
    if (stop - p >= 5 && is_blank(p[4]) &&
        (std::memcmp(p, "HELP", 4) == 0 || std::memcmp(p, "TYPE", 4) == 0 || std::memcmp(p, "UNIT", 4) == 0)) {
      if (!columns_.metadata.empty()) comments.push_back('\n');
      comments.append(p, static_cast<size_t>(stop - p));
      columns_.metadata.emplace_back(p, static_cast<size_t>(stop - p));
    }
    return false;
  }

  int sample(const char* line, const char* stop, int64_t number) {
    const char* key_end = expected_key_end(line, stop);
    if (key_end == nullptr) key_end = find_key_end(line, stop);
    if (key_end == nullptr) return kBadLabels;
    const char* token = skip_blanks(key_end, stop);
    const char* p = skip_token(token, stop);
    if (token == p) return kNoValue;
    double value;
    if (!parse_value(token, p, kNormalNanBits, &value)) return kBadValue;
    int64_t timestamp = kNoTimestamp;
    p = skip_blanks(p, stop);
    if (p < stop && *p != '#') {
      token = p;
      p = skip_token(p, stop);
      if (!(openmetrics_ ? parse_seconds(token, p, &timestamp) : parse_int64(token, p, &timestamp))) return kBadTimestamp;
      p = skip_blanks(p, stop);
    }
    if (p < stop) {
      if (*p != '#') return kTrailingText;
      columns_.problem(kExemplar, number);
    }
    bool missed;
    int64_t ref = table_.ref_of(line, static_cast<size_t>(key_end - line), number, 1, &missed);
    if (ref != kUnresolved) columns_.append(ref, timestamp, value);
    return 0;
  }

  // The key that followed the previous one the last time, when this line begins with it: its end was found by
  // find_key_end then, and what comes after it here makes that the end again.
  const char* expected_key_end(const char* line, const char* stop) {
    uint32_t guess = table_.keys.expected();
    if (guess == KeyMap::kNone) return nullptr;
    std::string_view key = table_.keys.key(guess);
    if (static_cast<size_t>(stop - line) < key.size() || std::memcmp(line, key.data(), key.size()) != 0) return nullptr;
    const char* end = line + key.size();
    if (end == stop || !is_blank(*end)) return nullptr;
    const char* next = skip_blanks(end, stop);
    return next < stop && *next == '{' ? nullptr : end;
  }

  static const char* find_key_end(const char* line, const char* stop) {
    const char* name_end = line;
    while (name_end < stop && !is_blank(*name_end) && *name_end != '{') ++name_end;
    const char* p = skip_blanks(name_end, stop);
    if (p == stop || *p != '{') return name_end;
    bool quoted = false;
    for (++p; p < stop; ++p) {
      if (quoted && *p == '\\') {
        ++p;
      } else if (*p == '"') {
        quoted = !quoted;
      } else if (*p == '}' && !quoted) {
        return p + 1;
      }
    }
    return nullptr;
  }

  static bool parse_seconds(const char* text, const char* end, int64_t* out) {
    double seconds;
    if (!parse_decimal(text, end, &seconds) || !(std::fabs(seconds) < 4611686018427387904.0 / 1000.0)) return false;
    *out = static_cast<int64_t>(std::floor(seconds * 1000.0 + 0.5));
    return true;
  }

  Table& table_;
  Columns& columns_;
  const char* body_;
  const char* end_;
  bool openmetrics_;
};

class LineProtocol {
 public:
  LineProtocol(Table& table, const char* body, size_t length, int64_t multiply, int64_t divide)
      : table_(table), columns_(table.columns), end_(body + length), multiply_(multiply), divide_(divide), p_(body) {}

  void walk() {
    for (const char* line = p_;;) {
      ++number_;
      find_stop(line);
      p_ = skip_blanks(line, stop_);
      if (p_ < stop_ && *p_ != '#') {
        int64_t number = number_;
        int problem = one_line(number);
        if (problem != 0) columns_.problem(problem, number);
      }
      if (newline_ == end_) break;
      line = newline_ + 1;
    }
  }

 private:
  struct Field {
    const char* name;
    size_t length;
    double value;
  };

  void find_stop(const char* start) {
    LineEnd line_end(start, end_);
    newline_ = line_end.newline;
    stop_ = line_end.stop;
  }

  // Moves to one of these characters or the end of the line; a backslash protects the character after it.
  void until(char a, char b, char c) {
    while (p_ < stop_ && *p_ != a && *p_ != b && *p_ != c) p_ += *p_ == '\\' ? 2 : 1;
    if (p_ > stop_) p_ = stop_;
  }

  int one_line(int64_t number) {
    const char* key = p_;
    size_t key_length = expected_head(key);
    if (key_length == 0) {
      until(' ', ' ', ' ');
      key_length = static_cast<size_t>(p_ - key);
    } else {
      p_ += key_length;
    }
    if (key_length == 0 || *key == ',') return kBadName;
    p_ = skip_blanks(p_, stop_);
    if (p_ == stop_) return kNoFields;
    fields_.clear();
    int64_t strings = 0;
    for (;;) {
      const char* name = p_;
      until('=', ',', ' ');
      size_t length = static_cast<size_t>(p_ - name);
      if (length == 0 || p_ == stop_ || *p_ != '=') return kBadField;
      ++p_;
      if (p_ < stop_ && *p_ == '"') {
        if (!string()) return kBadField;
        ++strings;
      } else {
        const char* text = p_;
        while (p_ < stop_ && *p_ != ',' && *p_ != ' ') ++p_;
        double value;
        if (!field_value(text, p_, &value)) return kBadValue;
        if (fields_.size() >= kMaxSamples) throw Fatal{kTooManySamples, 0};
        fields_.push_back({name, length, value});
      }
      if (p_ == stop_ || *p_ != ',') break;
      ++p_;
    }
    if (p_ < stop_ && !is_blank(*p_)) return kBadField;
    int64_t timestamp;
    int problem = timestamp_of(&timestamp);
    if (problem != 0) return problem;
    columns_.problem(kStringValue, number, strings);
    store(key, key_length, timestamp, number);
    return 0;
  }

  // Length of the head that followed the previous one the last time, when the line begins with it and a space.
  size_t expected_head(const char* line) {
    uint32_t guess = table_.lines.expected();
    if (guess == KeyMap::kNone) return 0;
    std::string_view head = table_.lines.key(guess);
    if (static_cast<size_t>(stop_ - line) <= head.size() || line[head.size()] != ' ') return 0;
    return std::memcmp(line, head.data(), head.size()) == 0 ? head.size() : 0;
  }

  void store(const char* key, size_t key_length, int64_t timestamp, int64_t number) {
    if (fields_.empty()) return;
    if (key_length > kMaxKeyBytes) {
      for (size_t i = 0; i < fields_.size(); ++i) columns_.problem(kKeyTooLong, number);
      return;
    }
    uint32_t line = table_.lines.find(key, key_length);
    if (line == KeyMap::kNone) {
      if (table_.lines.size() >= kMaxLineHeads) {
        columns_.problem(kTooManyMisses, number, static_cast<int64_t>(fields_.size()));
        return;
      }
      line = table_.lines.insert(key, key_length);
    }
    table_.lines.follow(line);
    for (const Field& field : fields_) {
      std::string& scratch = table_.scratch;
      scratch.assign(reinterpret_cast<const char*>(&line), sizeof line);
      scratch.append(field.name, field.length);
      bool missed;
      size_t named_length = key_length + 1 + field.length;
      int64_t ref = table_.ref_of(scratch.data(), scratch.size(), named_length, number, 1, &missed, [&] {
        return std::string(key, key_length) + ' ' + std::string(field.name, field.length);
      });
      if (ref != kUnresolved) columns_.append(ref, timestamp, field.value);
    }
  }

  // Passes over a quoted string, which may hold newlines.
  bool string() {
    const char* p = p_ + 1;
    while (p < end_ && *p != '"') p += *p == '\\' ? 2 : 1;
    if (p >= end_) return false;
    p_ = p + 1;
    if (p > newline_) {
      for (const char* at = newline_; at < p;) {
        const void* found = std::memchr(at, '\n', static_cast<size_t>(p - at));
        if (found == nullptr) break;
        ++number_;
        at = static_cast<const char*>(found) + 1;
      }
      find_stop(p_);
    }
    return true;
  }

  int timestamp_of(int64_t* out) {
    p_ = skip_blanks(p_, stop_);
    const char* text = p_;
    p_ = skip_token(p_, stop_);
    *out = kNoTimestamp;
    if (text == p_) return 0;
    int64_t timestamp;
    if (!parse_int64(text, p_, &timestamp)) return kBadTimestamp;
    int64_t limit = INT64_MAX / multiply_;
    if (timestamp > limit || timestamp < -limit) return kBadTimestamp;
    p_ = skip_blanks(p_, stop_);
    if (p_ < stop_) return kTrailingText;
    timestamp *= multiply_;
    int64_t quotient = timestamp / divide_;
    *out = timestamp % divide_ < 0 ? quotient - 1 : quotient;
    return 0;
  }

  static bool is_word(const char* text, size_t length, const char* const* words) {
    for (; *words != nullptr; ++words) {
      if (std::strlen(*words) == length && std::memcmp(text, *words, length) == 0) return true;
    }
    return false;
  }

  static bool field_value(const char* text, const char* end, double* out) {
    static const char* const yes[] = {"t", "T", "true", "True", "TRUE", nullptr};
    static const char* const no[] = {"f", "F", "false", "False", "FALSE", nullptr};
    if (text == end) return false;
    char last = end[-1];
    if (is_digit(last) || last == '.') return parse_decimal(text, end, out);
    if (last == 'i' || last == 'u') {
      bool negative;
      uint64_t magnitude;
      if (!parse_magnitude(text, end - 1, &negative, &magnitude)) return false;
      if (last == 'u' && negative && magnitude != 0) return false;
      if (last == 'i' && magnitude > static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0)) return false;
      // Whole numbers have no negative zero.
      double value = static_cast<double>(magnitude);
      *out = negative && magnitude != 0 ? -value : value;
      return true;
    }
    size_t length = static_cast<size_t>(end - text);
    if (is_word(text, length, yes)) {
      *out = 1.0;
      return true;
    }
    *out = 0.0;
    return is_word(text, length, no);
  }

  static constexpr size_t kMaxLineHeads = size_t{1} << 22;

  Table& table_;
  Columns& columns_;
  const char* end_;
  int64_t multiply_, divide_;
  const char* p_;
  const char* newline_ = nullptr;
  const char* stop_ = nullptr;
  int64_t number_ = 0;
  std::vector<Field> fields_;
};

}  // namespace vedette
