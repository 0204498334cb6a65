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
  if (has_nan(v + lo, count)) return kNaN;
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

// The value at a moment between two samples; after a counter reset the counter is taken to have begun at 0.
inline double interpolate(const Row& r, int64_t i, double moment, bool counter) {
  double before = r.v[i], after = r.v[i + 1];
  if (counter && after < before) before = 0;
  double share = (moment - static_cast<double>(r.t[i])) / static_cast<double>(r.t[i + 1] - r.t[i]);
  return before + (after - before) * share;
}

inline int64_t first_later(const Row& r, int64_t lo, int64_t hi, double moment) {
  return std::upper_bound(r.t + lo, r.t + hi, moment, [](double m, int64_t t) { return m < static_cast<double>(t); }) - r.t;
}

inline int64_t first_not_before(const Row& r, int64_t lo, int64_t hi, double moment) {
  return std::lower_bound(r.t + lo, r.t + hi, moment, [](int64_t t, double m) { return static_cast<double>(t) < m; }) - r.t;
}

// Anchored: from the last sample at or before the start of the range. Smoothed: between values interpolated at both
// borders. False when the range has nothing to offer.
inline bool extended_increase(const Request& q, const Row& r, int64_t lo, int64_t hi, int64_t k, double& result) {
  bool smooth = q.function >= kRateSmoothed;
  bool counter = q.function != kDeltaAnchored && q.function != kDeltaSmoothed;
  double start = q.params[k], end = q.params[q.steps + k];
  int64_t last = hi - 1, first = std::max(lo, first_later(r, lo, last, start) - 1);
  if (smooth) last = first_not_before(r, lo, last, end);
  if (static_cast<double>(r.t[last]) <= start || (smooth && static_cast<double>(r.t[first]) > end)) return false;
  bool left_between = smooth && static_cast<double>(r.t[first]) < start;
  bool right_between = smooth && last > lo && static_cast<double>(r.t[last]) > end;
  double left = left_between ? interpolate(r, first, start, counter) : r.v[first];
  double right = right_between ? interpolate(r, last - 1, end, counter) : r.v[last];
  result = right - left;
  if (counter) {
    if (static_cast<double>(r.t[first]) <= start) ++first;
    if (static_cast<double>(r.t[last]) >= end) --last;
    double correction = 0, before = left;
    for (int64_t i = first; i <= last; ++i) {
      if (r.v[i] < before) correction += before;
      before = r.v[i];
    }
    if (right < before) correction += before;
    result += correction;
  }
  if (q.function == kRateAnchored || q.function == kRateSmoothed) result /= (end - start) / 1000;
  return true;
}

inline bool anchored_count(const Request& q, const Row& r, int64_t lo, int64_t hi, int64_t k, double& result) {
  int64_t later = first_later(r, lo, hi, q.params[k]);
  if (later >= hi) return false;
  result = 0;
  for (int64_t i = std::max(lo, later - 1) + 1; i < hi; ++i) {
    double before = r.v[i - 1], now = r.v[i];
    bool counts = q.function == kResetsAnchored ? now < before : now != before && !(std::isnan(now) && std::isnan(before));
    result += counts;
  }
  return true;
}

inline bool smoothed_value(const Request& q, const Row& r, int64_t lo, int64_t hi, int64_t k, double& result) {
  double moment = q.params[q.steps + k];
  int64_t next = first_not_before(r, lo, hi, moment);
  if (next < hi && static_cast<double>(r.t[next]) == moment) {
    result = r.v[next];
  } else if (next == lo) {
    return false;
  } else {
    result = next < hi ? interpolate(r, next - 1, moment, false) : r.v[next - 1];
  }
  return true;
}

inline void extended(const Request& q, const Row& r) {
  for (int64_t k = 0; k < q.steps; ++k) {
    double result = 0;
    bool there = r.hi[k] > r.lo[k];
    if (there && q.function == kValueSmoothed) {
      there = smoothed_value(q, r, r.lo[k], r.hi[k], k, result);
    } else if (there && (q.function == kChangesAnchored || q.function == kResetsAnchored)) {
      there = anchored_count(q, r, r.lo[k], r.hi[k], k, result);
    } else if (there) {
      there = extended_increase(q, r, r.lo[k], r.hi[k], k, result);
    }
    r.present[k] = there;
    r.out[k] = there ? result : 0.0;
  }
}

// A plain table of cases.
inline void run_row(const Request& q, const Row& r, Windows& w, Scratch& s) {
  if (is_extended(q.function)) return extended(q, r);
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
