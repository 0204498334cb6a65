// Numbers in text: decimals, correctly rounded, and 64-bit integers. Nothing here reads past `end`.
#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

namespace vedette {

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

inline double double_of_bits(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, 8);
  return value;
}

// The slow way: any length, any exponent. `text` is known to be a decimal. False when it overflows.
inline bool round_decimal(const char* text, const char* end, double* out) {
#if defined(__cpp_lib_to_chars)
  const char* start = *text == '+' ? text + 1 : text;
  auto result = std::from_chars(start, end, *out);
  if (result.ec == std::errc()) return result.ptr == end && std::isfinite(*out);
#endif
  // Out of range, or a library without from_chars: strtod tells overflow from underflow.
  std::string copy(text, end);
  *out = std::strtod(copy.c_str(), nullptr);
  return std::isfinite(*out);
}

// [+-]?(digits[.digits*]|.digits)([eE][+-]?digits)? and nothing else.
inline bool parse_decimal(const char* text, const char* end, double* out) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const char* p = text;
  bool negative = false;
  if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
  uint64_t mantissa = 0;
  int significant = 0;
  int64_t exponent = 0;
  const char* digits = p;
  for (; p < end && is_digit(*p); ++p) {
    if (significant < 19) {
      mantissa = mantissa * 10 + static_cast<uint64_t>(*p - '0');
      significant += mantissa != 0;
    } else {
      significant = 20;
    }
  }
  int64_t count = p - digits;
  if (p < end && *p == '.') {
    const char* fraction = ++p;
    for (; p < end && is_digit(*p); ++p) {
      if (significant < 19) {
        mantissa = mantissa * 10 + static_cast<uint64_t>(*p - '0');
        significant += mantissa != 0;
        --exponent;
      } else {
        significant = 20;
      }
    }
    count += p - fraction;
  }
  if (count == 0) return false;
  if (p < end && (*p == 'e' || *p == 'E')) {
    ++p;
    bool minus = false;
    if (p < end && (*p == '-' || *p == '+')) minus = *p++ == '-';
    if (p == end || !is_digit(*p)) return false;
    int64_t written = 0;
    for (; p < end && is_digit(*p); ++p) {
      if (written < 1000000) written = written * 10 + (*p - '0');
    }
    exponent += minus ? -written : written;
  }
  if (p != end) return false;
  // Both factors are exact doubles, so one rounding is all that happens (Clinger's fast path).
  if (significant < 20 && mantissa <= (uint64_t{1} << 53) && exponent >= -22 && exponent <= 22) {
    double value = static_cast<double>(mantissa);
    value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
    *out = negative ? -value : value;
    return true;
  }
  return round_decimal(text, end, out);
}

inline bool equals_ignoring_case(const char* text, const char* end, const char* lower) {
  size_t length = std::strlen(lower);
  if (static_cast<size_t>(end - text) != length) return false;
  for (size_t i = 0; i < length; ++i) {
    char c = text[i];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c != lower[i]) return false;
  }
  return true;
}

// A decimal, `nan`, or `inf` and `infinity` with a sign, in any case.
inline bool parse_value(const char* text, const char* end, uint64_t nan_bits, double* out) {
  if (parse_decimal(text, end, out)) return true;
  if (equals_ignoring_case(text, end, "nan")) {
    *out = double_of_bits(nan_bits);
    return true;
  }
  if (text == end) return false;
  const char* word = *text == '-' || *text == '+' ? text + 1 : text;
  if (!equals_ignoring_case(word, end, "inf") && !equals_ignoring_case(word, end, "infinity")) return false;
  *out = *text == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  return true;
}

// [+-]?digits; the magnitude goes to *out. False when it is none or above 2^64 - 1.
inline bool parse_magnitude(const char* text, const char* end, bool* negative, uint64_t* out) {
  *negative = false;
  if (text < end && (*text == '-' || *text == '+')) *negative = *text++ == '-';
  if (text == end) return false;
  uint64_t value = 0;
  for (; text < end; ++text) {
    if (!is_digit(*text)) return false;
    uint64_t digit = static_cast<uint64_t>(*text - '0');
    if (value > (UINT64_MAX - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *out = value;
  return true;
}

// A signed 64-bit integer other than the least one, which stands for 'no timestamp'.
inline bool parse_int64(const char* text, const char* end, int64_t* out) {
  bool negative;
  uint64_t magnitude;
  if (!parse_magnitude(text, end, &negative, &magnitude)) return false;
  if (magnitude > static_cast<uint64_t>(INT64_MAX)) return false;
  *out = negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
  return true;
}

}  // namespace vedette
