// The window functions of PromQL: each fills one row of the result from one row of samples.
#pragma once
#include "window_rows.hpp"

namespace vedette {

// Rows of one timestamp vector share this. A gap to a border of the range that is longer than usual is only bridged by
// half the usual distance between samples.
inline void find_reach(const Request& q, const Row& r, Windows& w) {
  if (!w.reach.empty()) return;
  w.reach.resize(q.steps);
  for (int64_t k = 0; k < q.steps; ++k) {
    int64_t lo = w.lo[k], hi = w.hi[k];
    if (hi - lo < 2) continue;
    double to_start = static_cast<double>(r.t[lo] - (q.ends[k] - q.range_ms)) / 1000;
    double to_end = static_cast<double>(q.ends[k] - r.t[hi - 1]) / 1000;
    double sampled = static_cast<double>(r.t[hi - 1] - r.t[lo]) / 1000;
    double between = sampled / static_cast<double>(hi - lo - 1);
    double threshold = between * 1.1;
    w.reach[k] = {to_start >= threshold ? between / 2 : to_start, to_end >= threshold ? between / 2 : to_end, sampled};
  }
}

// Prometheus' extrapolation of an increase seen between the first and the last sample to the whole range.
inline double extrapolate(const Reach& reach, double first, double increase, bool counter, double per_second) {
  double to_start = reach.to_start;
  if (counter && increase > 0 && first >= 0) {
    double to_zero = reach.sampled * (first / increase);
    if (to_zero < to_start) to_start = to_zero;
  }
  return increase * ((reach.sampled + to_start + reach.to_end) / reach.sampled / per_second);
}

inline void counter_increase(const Request& q, const Row& r, Windows& w, Scratch& s) {
  find_reach(q, r, w);
  // The values just before resets, and how many resets there are up to each sample.
  s.work.resize(r.n + 1);
  s.positions.resize(r.n + 1);
  int64_t resets = 0;
  s.positions[0] = 0;
  for (int64_t i = 1; i < r.n; ++i) {
    s.work[resets] = r.v[i - 1];
    resets += r.v[i] < r.v[i - 1];
    s.positions[i] = resets;
  }
  double per_second = q.function == kRate ? static_cast<double>(q.range_ms) / 1000 : 1;
  bool running = resets > 0 && w.total / std::max<int64_t>(r.n, 1) * resets > 4 * r.n && exact_running(s.work.data(), resets);
  if (running) running_sums(s.work.data(), resets, s);
  each_window(q, r, 2, [&](int64_t lo, int64_t hi, int64_t k) {
    double increase = r.v[hi - 1] - r.v[lo];
    int64_t from = s.positions[lo], to = s.positions[hi - 1];
    if (running) {
      TwoPart part = stretch(s, from, to);
      increase += part.sum + part.rest;
    } else {
      for (int64_t i = from; i < to; ++i) increase += s.work[i];
    }
    return extrapolate(w.reach[k], r.v[lo], increase, true, per_second);
  });
}

inline void last_two(const Request& q, const Row& r, bool rate) {
  each_window(q, r, 2, [&](int64_t, int64_t hi, int64_t) {
    double value = r.v[hi - 1], before = r.v[hi - 2];
    double result = rate && value < before ? value : value - before;
    return rate ? result / (static_cast<double>(r.t[hi - 1] - r.t[hi - 2]) / 1000) : result;
  });
}

template <typename F>
inline void count_pairs(const Request& q, const Row& r, Scratch& s, F differs) {
  s.positions.resize(r.n + 1);
  int64_t count = 0;
  for (int64_t i = 0; i < r.n; ++i) {
    count += i > 0 && differs(r.v[i - 1], r.v[i]);
    s.positions[i] = count;
  }
  each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) {
    return static_cast<double>(s.positions[hi - 1] - s.positions[lo]);
  });
}

struct Line {
  double slope, intercept;
};

inline Line regression(const Row& r, int64_t lo, int64_t hi, int64_t origin_ms) {
  double n = 0, x_sum = 0, x_rest = 0, y_sum = 0, y_rest = 0, xy_sum = 0, xy_rest = 0, xx_sum = 0, xx_rest = 0;
  bool constant = true;
  for (int64_t i = lo; i < hi; ++i) {
    constant = constant && r.v[i] == r.v[lo];
    n += 1;
    double x = static_cast<double>(r.t[i] - origin_ms) / 1000;
    add_compensated(x, x_sum, x_rest);
    add_compensated(r.v[i], y_sum, y_rest);
    add_compensated(x * r.v[i], xy_sum, xy_rest);
    add_compensated(x * x, xx_sum, xx_rest);
  }
  if (constant) return std::isinf(r.v[lo]) ? Line{kNaN, kNaN} : Line{0, r.v[lo]};
  x_sum += x_rest;
  y_sum += y_rest;
  double covariance = xy_sum + xy_rest - x_sum * y_sum / n;
  double variance = xx_sum + xx_rest - x_sum * x_sum / n;
  double slope = covariance / variance;
  return {slope, y_sum / n - slope * x_sum / n};
}

inline double variance(const double* v, int64_t lo, int64_t hi) {
  double count = 0, mean = 0, mean_rest = 0, squares = 0, squares_rest = 0;
  for (int64_t i = lo; i < hi; ++i) {
    count += 1;
    double delta = v[i] - (mean + mean_rest);
    add_compensated(delta / count, mean, mean_rest);
    add_compensated(delta * (v[i] - (mean + mean_rest)), squares, squares_rest);
  }
  return (squares + squares_rest) / count;
}

inline double deviation(const double* v, int64_t lo, int64_t hi, std::vector<double>& work) {
  int64_t count = hi - lo;
  work.assign(v + lo, v + hi);
  double median = quantile(0.5, work.data(), count);
  for (int64_t i = 0; i < count; ++i) work[i] = std::fabs(v[lo + i] - median);
  return quantile(0.5, work.data(), count);
}

inline double smoothed(const double* v, int64_t lo, int64_t hi, double factor, double trend_factor) {
  double before = 0, level = v[lo], trend = v[lo + 1] - v[lo];
  for (int64_t i = lo + 1; i < hi; ++i) {
    double part = factor * v[i];
    if (i > lo + 1) trend = trend_factor * (level - before) + (1 - trend_factor) * trend;
    double rest = (1 - factor) * (level + trend);
    before = level;
    level = part + rest;
  }
  return level;
}

// A plain table of cases.
inline void run_row(const Request& q, const Row& r, Windows& w, Scratch& s) {
  switch (q.function) {
    case kNewest:
    case kNewestTime: return newest(q, r, q.function == kNewestTime);
    case kRate:
    case kIncrease: return counter_increase(q, r, w, s);
    case kDelta:
      find_reach(q, r, w);
      return each_window(q, r, 2, [&](int64_t lo, int64_t hi, int64_t k) {
        return extrapolate(w.reach[k], r.v[lo], r.v[hi - 1] - r.v[lo], false, 1);
      });
    case kIrate:
    case kIdelta: return last_two(q, r, q.function == kIrate);
    case kChanges:
      return count_pairs(q, r, s, [](double a, double b) { return a != b && !(std::isnan(a) && std::isnan(b)); });
    case kResets: return count_pairs(q, r, s, [](double a, double b) { return b < a; });
    case kDeriv:
      return each_window(q, r, 2, [&](int64_t lo, int64_t hi, int64_t) { return regression(r, lo, hi, r.t[lo]).slope; });
    case kPredictLinear:
      return each_window(q, r, 2, [&](int64_t lo, int64_t hi, int64_t k) {
        Line line = regression(r, lo, hi, q.at[k]);
        return line.slope * q.params[k] + line.intercept;
      });
    case kSum:
    case kAvg: return sum_or_mean(q, r, w, s, q.function == kAvg);
    case kMin: return extremes<false>(q, r, w, s);
    case kMax: return extremes<true>(q, r, w, s);
    case kTsOfMin: return time_of_extreme<false>(q, r);
    case kTsOfMax: return time_of_extreme<true>(q, r);
    case kCount:
      return each_window(q, r, 1, [](int64_t lo, int64_t hi, int64_t) { return static_cast<double>(hi - lo); });
    case kStddev:
      return each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) { return std::sqrt(variance(r.v, lo, hi)); });
    case kStdvar:
      return each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) { return variance(r.v, lo, hi); });
    case kLast: return each_window(q, r, 1, [&](int64_t, int64_t hi, int64_t) { return r.v[hi - 1]; });
    case kFirst: return each_window(q, r, 1, [&](int64_t lo, int64_t, int64_t) { return r.v[lo]; });
    case kPresent: return each_window(q, r, 1, [](int64_t, int64_t, int64_t) { return 1.0; });
    case kQuantile:
      return each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t k) {
        s.work.assign(r.v + lo, r.v + hi);
        return quantile(q.params[k], s.work.data(), hi - lo);
      });
    case kMad:
      return each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) { return deviation(r.v, lo, hi, s.work); });
    case kTsOfFirst:
      return each_window(q, r, 1, [&](int64_t lo, int64_t, int64_t) { return static_cast<double>(r.t[lo]) / 1000; });
    case kTsOfLast:
      return each_window(q, r, 1, [&](int64_t, int64_t hi, int64_t) { return static_cast<double>(r.t[hi - 1]) / 1000; });
    case kSmoothing:
      return each_window(q, r, 2, [&](int64_t lo, int64_t hi, int64_t k) {
        return smoothed(r.v, lo, hi, q.params[k], q.params[q.steps + k]);
      });
    default: return;
  }
}

}  // namespace vedette
