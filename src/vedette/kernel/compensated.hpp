// Compensated sums and quantiles as PromQL defines them; shared by the window and the aggregation kernels.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace vedette {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

// One step of Neumaier's sum. An infinite sum clears the compensation.
inline void add_compensated(double value, double& sum, double& compensation) {
  double total = sum + value;
  if (std::isinf(total)) {
    compensation = 0;
  } else if (std::fabs(sum) >= std::fabs(value)) {
    compensation += (sum - total) + value;
  } else {
    compensation += (value - total) + sum;
  }
  sum = total;
}

// The same without branches (Knuth's TwoSum); right while everything is finite.
inline void add_finite(double value, double& sum, double& compensation) {
  double total = sum + value;
  double part = total - sum;
  compensation += (sum - (total - part)) + (value - part);
  sum = total;
}

// A mean that sums directly and turns to incremental means when the sum would overflow.
struct Mean {
  double sum, count = 1, compensation = 0;
  bool incremental = false;
  explicit Mean(double first) : sum(first) {}
  void add(double value) {
    count += 1;
    if (!incremental) {
      double total = sum, rest = compensation;
      add_compensated(value, total, rest);
      if (!std::isinf(total)) {
        sum = total;
        compensation = rest;
        return;
      }
      incremental = true;
      sum /= count - 1;
      compensation /= count - 1;
    }
    double share = (count - 1) / count;
    sum *= share;
    compensation *= share;
    add_compensated(value / count, sum, compensation);
  }
  double result() const { return incremental ? sum + compensation : sum / count + compensation / count; }
};

inline bool sorts_before(double a, double b) {
  if (std::isnan(a)) return !std::isnan(b);
  return a < b;
}

// Interpolated quantile; reorders `values` (count >= 1). NaNs sort first.
inline double quantile(double q, double* values, int64_t count) {
  if (count == 0 || std::isnan(q)) return kNaN;
  if (q < 0) return -kInf;
  if (q > 1) return kInf;
  double rank = q * static_cast<double>(count - 1);
  int64_t lower = std::max<int64_t>(0, static_cast<int64_t>(std::floor(rank)));
  int64_t upper = std::min(count - 1, lower + 1);
  double weight = rank - std::floor(rank);
  bool nan = false;
  for (int64_t i = 0; i < count; ++i) nan |= values[i] != values[i];
  if (nan) {
    std::nth_element(values, values + lower, values + count, sorts_before);
  } else {
    std::nth_element(values, values + lower, values + count);
  }
  double low = values[lower], high = low;
  if (upper > lower) {
    high = nan ? *std::min_element(values + upper, values + count, sorts_before)
               : *std::min_element(values + upper, values + count);
  }
  return low * (1 - weight) + high * weight;
}

}  // namespace vedette
