// Window functions over grids: for every row and every step, one function of the samples in (end - range, end].
// Signature and semantics are those of plain_window.evaluate, which is its oracle.
#include "buffer.hpp"
#include "compensated.hpp"

#include <exception>

namespace vedette {
namespace {

constexpr int kLanes = 8;  // independent results, so that compilers use vector registers
constexpr uint64_t kStaleBits = 0x7FF0000000000002ULL;

// The numbers are those of window.py.
enum Function : int {
  kNewest = 0, kNewestTime, kRate, kIncrease, kDelta, kIrate, kIdelta, kChanges, kResets, kDeriv, kPredictLinear,
  kSum, kAvg, kMin, kMax, kCount, kStddev, kStdvar, kLast, kFirst, kPresent, kQuantile, kMad, kTsOfFirst, kTsOfLast,
  kTsOfMin, kTsOfMax, kSmoothing, kFunctions
};

struct Request {
  int function = 0;
  const double* values = nullptr;
  const int64_t* starts = nullptr;
  const int64_t* times = nullptr;
  const int64_t* vector_starts = nullptr;
  const int64_t* row_vector = nullptr;
  const int64_t* ends = nullptr;
  const int64_t* at = nullptr;
  const double* params = nullptr;  // rows of `steps` values
  int64_t range_ms = 0, series = 0, steps = 0;
};

// One row with its windows: step k sees samples lo[k] .. hi[k] - 1.
struct Row {
  const int64_t* t;
  const double* v;
  int64_t n;
  const int64_t* lo;
  const int64_t* hi;
  double* out;
  uint8_t* present;
};

// What extrapolation needs to know of a window's times, in seconds.
struct Reach {
  double to_start, to_end, sampled;
};

struct Windows {
  std::vector<int64_t> lo, hi, cuts;
  std::vector<Reach> reach;
  int64_t total = 0;  // samples over all windows
};

struct Scratch {
  Windows shared, own;
  std::vector<double> values, sums, compensations, work;
  std::vector<int64_t> times, positions, queue;
};

bool is_stale(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits == kStaleBits;
}

bool has_nan(const double* v, int64_t n) {
  int64_t nans = 0;
  for (int64_t i = 0; i < n; ++i) nans += v[i] != v[i];
  return nans != 0;
}

// First index from `from` whose time is after `limit`. A few samples are walked over; where there are more between
// steps, the place is guessed from their pace (samples a millisecond) and corrected; where that fails, it is searched.
int64_t first_after(const int64_t* t, int64_t n, int64_t from, int64_t limit, double pace) {
  if (pace == 0) {
    while (from < n && t[from] <= limit) ++from;
    return from;
  }
  if (from >= n || t[from] > limit) return from;
  if (t[n - 1] <= limit) return n;
  double ahead = static_cast<double>(limit - t[from]) * pace;
  int64_t guess = std::min(from + 1 + static_cast<int64_t>(std::min(std::max(ahead, 0.0), 1e9)), n - 1);
  // t[from] <= limit < t[n - 1], so both walks end inside.
  for (int tries = 0; tries < 6; ++tries) {
    if (t[guess] <= limit) {
      ++guess;
    } else if (t[guess - 1] > limit) {
      --guess;
    } else {
      return guess;
    }
  }
  return std::upper_bound(t + from, t + n, limit) - t;
}

void find_windows(const Request& q, const int64_t* t, int64_t n, Windows& w) {
  w.lo.resize(q.steps);
  w.hi.resize(q.steps);
  w.cuts.clear();
  w.reach.clear();
  w.total = 0;
  bool sparse = n > 16 * q.steps && t[n - 1] > t[0];
  double pace = sparse ? static_cast<double>(n - 1) / static_cast<double>(t[n - 1] - t[0]) : 0;
  int64_t lo = 0, hi = 0;
  for (int64_t k = 0; k < q.steps; ++k) {
    lo = first_after(t, n, lo, q.ends[k] - q.range_ms, pace);
    hi = first_after(t, n, std::max(lo, hi), q.ends[k], pace);
    w.lo[k] = lo;
    w.hi[k] = hi;
    w.total += hi - lo;
  }
}

template <typename F>
void each_window(const Request& q, const Row& r, int64_t least, F function) {
  for (int64_t k = 0; k < q.steps; ++k) {
    bool enough = r.hi[k] - r.lo[k] >= least;
    r.present[k] = enough;
    r.out[k] = enough ? function(r.lo[k], r.hi[k], k) : 0.0;
  }
}

void newest(const Request& q, const Row& r, bool time) {
  for (int64_t k = 0; k < q.steps; ++k) {
    int64_t last = r.hi[k] - 1;
    bool there = last >= r.lo[k] && !is_stale(r.v[last]);
    r.present[k] = there;
    r.out[k] = !there ? 0.0 : time ? static_cast<double>(r.t[last]) / 1000 : r.v[last];
  }
}

// Whether sums of any stretch of the row can be had exactly as differences of running two-part sums: all values are
// multiples of 2^bottom and no partial sum needs more bits than two doubles have (some are left as a margin).
bool exact_running(const double* v, int64_t n) {
  double large[kLanes] = {0}, small[kLanes];
  for (double& each : small) each = kInf;
  auto look = [&](int64_t i, int j) {
    double size = std::fabs(v[i]);
    large[j] = size > large[j] ? size : large[j];
    size = size == 0 ? kInf : size;
    small[j] = size < small[j] ? size : small[j];
  };
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int j = 0; j < kLanes; ++j) look(i + j, j);
  }
  for (; i < n; ++i) look(i, 0);
  double largest = *std::max_element(large, large + kLanes), smallest = *std::min_element(small, small + kLanes);
  if (largest == 0) return true;
  if (!(largest < 1e290) || !(smallest > 1e-250)) return false;
  int growth = std::ilogb(static_cast<double>(n)) + 1;
  return std::ilogb(largest) + 2 * growth - (std::ilogb(smallest) - 52) <= 104;
}

// sums[i] + compensations[i] is the sum of the first i values.
void running_sums(const double* v, int64_t n, Scratch& s) {
  s.sums.resize(n + 1);
  s.compensations.resize(n + 1);
  double sum = 0, compensation = 0;
  s.sums[0] = s.compensations[0] = 0;
  for (int64_t i = 0; i < n; ++i) {
    add_finite(v[i], sum, compensation);
    s.sums[i + 1] = sum;
    s.compensations[i + 1] = compensation;
  }
}

struct TwoPart {
  double sum, rest;
};

TwoPart stretch(const Scratch& s, int64_t lo, int64_t hi) {
  double sum = s.sums[hi], rest = 0;
  add_finite(-s.sums[lo], sum, rest);
  return {sum, rest + (s.compensations[hi] - s.compensations[lo])};
}

double sum_directly(const double* v, int64_t lo, int64_t hi) {
  double sum = 0, rest = 0;
  for (int64_t i = lo; i < hi; ++i) add_finite(v[i], sum, rest);
  if (std::isfinite(sum) && std::isfinite(rest)) return sum + rest;
  sum = rest = 0;
  for (int64_t i = lo; i < hi; ++i) add_compensated(v[i], sum, rest);
  return std::isinf(sum) ? sum : sum + rest;
}

double mean_directly(const double* v, int64_t lo, int64_t hi) {
  double sum = v[lo], rest = 0, count = static_cast<double>(hi - lo);
  for (int64_t i = lo + 1; i < hi; ++i) add_finite(v[i], sum, rest);
  if (std::isfinite(sum) && std::isfinite(rest)) return sum / count + rest / count;
  Mean mean(v[lo]);
  for (int64_t i = lo + 1; i < hi; ++i) mean.add(v[i]);
  return mean.result();
}

void sum_or_mean(const Request& q, const Row& r, const Windows& w, Scratch& s, bool mean) {
  if (w.total > 2 * r.n && exact_running(r.v, r.n) && !has_nan(r.v, r.n)) {
    running_sums(r.v, r.n, s);
    each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) {
      TwoPart part = stretch(s, lo, hi);
      double count = static_cast<double>(hi - lo);
      return mean ? part.sum / count + part.rest / count : part.sum + part.rest;
    });
  } else if (mean) {
    each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) { return mean_directly(r.v, lo, hi); });
  } else {
    each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) { return sum_directly(r.v, lo, hi); });
  }
}

template <bool kLargest>
inline bool beats(double a, double b) {
  return kLargest ? a > b : a < b;
}

// Extreme of a stretch of at least one sample; NaNs are passed over unless there is nothing else.
template <bool kLargest>
double extreme(const double* v, int64_t lo, int64_t hi) {
  const double worst = kLargest ? -kInf : kInf;
  double best[kLanes];
  for (double& each : best) each = worst;
  int64_t i = lo;
  for (; i + kLanes <= hi; i += kLanes) {
    for (int j = 0; j < kLanes; ++j) best[j] = beats<kLargest>(v[i + j], best[j]) ? v[i + j] : best[j];
  }
  for (; i < hi; ++i) best[0] = beats<kLargest>(v[i], best[0]) ? v[i] : best[0];
  for (int j = 1; j < kLanes; ++j) best[0] = beats<kLargest>(best[j], best[0]) ? best[j] : best[0];
  if (best[0] != worst) return best[0];
  for (i = lo; i < hi; ++i) {
    if (!std::isnan(v[i])) return v[i];
  }
  return v[lo];
}

// Where windows overlap a lot, the extremes of the stretches between window borders are found once, and a monotonic
// queue runs over the stretches.
template <bool kLargest>
void sliding_extreme(const Request& q, const Row& r, Windows& w, Scratch& s) {
  if (w.cuts.empty()) {
    w.cuts.reserve(2 * q.steps);
    std::merge(w.lo.begin(), w.lo.end(), w.hi.begin(), w.hi.end(), std::back_inserter(w.cuts));
    w.cuts.erase(std::unique(w.cuts.begin(), w.cuts.end()), w.cuts.end());
  }
  const std::vector<int64_t>& cuts = w.cuts;
  int64_t stretches = static_cast<int64_t>(cuts.size()) - 1;
  s.work.resize(std::max<int64_t>(stretches, 1));
  for (int64_t i = 0; i < stretches; ++i) s.work[i] = extreme<kLargest>(r.v, cuts[i], cuts[i + 1]);
  s.queue.resize(std::max<int64_t>(stretches, 1));
  int64_t front = 0, back = 0, next = 0;
  each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) {
    for (; next < stretches && cuts[next + 1] <= hi; ++next) {
      double value = s.work[next];
      while (back > front && (std::isnan(s.work[s.queue[back - 1]]) || beats<kLargest>(value, s.work[s.queue[back - 1]])))
        --back;
      s.queue[back++] = next;
    }
    while (cuts[s.queue[front]] < lo) ++front;
    return s.work[s.queue[front]];
  });
}

template <bool kLargest>
void extremes(const Request& q, const Row& r, Windows& w, Scratch& s) {
  if (w.total > 3 * r.n) {
    sliding_extreme<kLargest>(q, r, w, s);
  } else {
    each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) { return extreme<kLargest>(r.v, lo, hi); });
  }
}

template <bool kLargest>
void time_of_extreme(const Request& q, const Row& r) {
  each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) {
    int64_t best = lo;
    for (int64_t i = lo; i < hi; ++i) {
      if (!beats<kLargest>(r.v[best], r.v[i]) && !(std::isnan(r.v[i]) && !std::isnan(r.v[best]))) best = i;
    }
    return static_cast<double>(r.t[best]) / 1000;
  });
}

// Rows of one timestamp vector share this. A gap to a border of the range that is longer than usual is only bridged by
// half the usual distance between samples.
void find_reach(const Request& q, const Row& r, Windows& w) {
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
double extrapolate(const Reach& reach, double first, double increase, bool counter, double per_second) {
  double to_start = reach.to_start;
  if (counter && increase > 0 && first >= 0) {
    double to_zero = reach.sampled * (first / increase);
    if (to_zero < to_start) to_start = to_zero;
  }
  return increase * ((reach.sampled + to_start + reach.to_end) / reach.sampled / per_second);
}

void counter_increase(const Request& q, const Row& r, Windows& w, Scratch& s) {
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

void last_two(const Request& q, const Row& r, bool rate) {
  each_window(q, r, 2, [&](int64_t, int64_t hi, int64_t) {
    double value = r.v[hi - 1], before = r.v[hi - 2];
    double result = rate && value < before ? value : value - before;
    return rate ? result / (static_cast<double>(r.t[hi - 1] - r.t[hi - 2]) / 1000) : result;
  });
}

template <typename F>
void count_pairs(const Request& q, const Row& r, Scratch& s, F differs) {
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

Line regression(const Row& r, int64_t lo, int64_t hi, int64_t origin_ms) {
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

double variance(const double* v, int64_t lo, int64_t hi) {
  double count = 0, mean = 0, mean_rest = 0, squares = 0, squares_rest = 0;
  for (int64_t i = lo; i < hi; ++i) {
    count += 1;
    double delta = v[i] - (mean + mean_rest);
    add_compensated(delta / count, mean, mean_rest);
    add_compensated(delta * (v[i] - (mean + mean_rest)), squares, squares_rest);
  }
  return (squares + squares_rest) / count;
}

double deviation(const double* v, int64_t lo, int64_t hi, std::vector<double>& work) {
  int64_t count = hi - lo;
  if (has_nan(v + lo, count)) return kNaN;
  work.assign(v + lo, v + hi);
  double median = quantile(0.5, work.data(), count);
  for (int64_t i = 0; i < count; ++i) work[i] = std::fabs(v[lo + i] - median);
  return quantile(0.5, work.data(), count);
}

double smoothed(const double* v, int64_t lo, int64_t hi, double factor, double trend_factor) {
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
void run_row(const Request& q, const Row& r, Windows& w, Scratch& s) {
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

// Staleness markers are no samples of a range: copies the others; false when there are none.
bool without_stale(const Row& r, Scratch& s) {
  int64_t stale = 0;
  for (int64_t i = 0; i < r.n; ++i) stale += is_stale(r.v[i]);
  if (stale == 0) return false;
  s.values.clear();
  s.times.clear();
  for (int64_t i = 0; i < r.n; ++i) {
    if (is_stale(r.v[i])) continue;
    s.values.push_back(r.v[i]);
    s.times.push_back(r.t[i]);
  }
  return true;
}

void run(const Request& q, double* out, uint8_t* present, int64_t& seen, int64_t& filled) {
  Scratch s;
  int64_t vector_at_hand = -1;
  for (int64_t row = 0; row < q.series; ++row) {
    int64_t vector = q.row_vector[row];
    Row r{q.times + q.vector_starts[vector], q.values + q.starts[row], q.starts[row + 1] - q.starts[row], nullptr, nullptr,
          out + row * q.steps, present + row * q.steps};
    Windows* w = &s.shared;
    if (q.function > kNewestTime && has_nan(r.v, r.n) && without_stale(r, s)) {
      r.t = s.times.data();
      r.v = s.values.data();
      r.n = static_cast<int64_t>(s.values.size());
      w = &s.own;
      find_windows(q, r.t, r.n, *w);
    } else if (vector != vector_at_hand) {
      find_windows(q, r.t, r.n, *w);
      vector_at_hand = vector;
    }
    r.lo = w->lo.data();
    r.hi = w->hi.data();
    run_row(q, r, *w, s);
    int64_t here = 0;
    for (int64_t k = 0; k < q.steps; ++k) here += r.present[k];
    filled += here;
    seen += q.function <= kNewestTime ? here : w->total;
  }
}

const char* problem_of(const Request& q, int64_t values, int64_t times, int64_t vectors) {
  if (q.function < 0 || q.function >= kFunctions) return "unknown window function";
  if (q.starts[0] < 0 || q.starts[q.series] > values) return "starts out of bounds";
  if (q.vector_starts[0] < 0 || q.vector_starts[vectors] > times) return "vector_starts out of bounds";
  for (int64_t v = 0; v < vectors; ++v) {
    if (q.vector_starts[v + 1] < q.vector_starts[v]) return "vector_starts must not decrease";
  }
  for (int64_t row = 0; row < q.series; ++row) {
    int64_t vector = q.row_vector[row];
    if (vector < 0 || vector >= vectors) return "row_vector out of bounds";
    if (q.starts[row + 1] - q.starts[row] != q.vector_starts[vector + 1] - q.vector_starts[vector])
      return "a row and its timestamp vector differ in length";
  }
  for (int64_t k = 1; k < q.steps; ++k) {
    if (q.ends[k] < q.ends[k - 1]) return "ends must not decrease";
  }
  return nullptr;
}

int64_t params_of(int function) {
  if (function == kSmoothing) return 2;
  return function == kQuantile || function == kPredictLinear ? 1 : 0;
}

PyObject* evaluate(PyObject*, PyObject* args) {
  PyObject *values, *starts, *times, *vector_starts, *row_vector, *ends, *at, *params, *out, *present;
  Request q;
  long long range_ms;
  if (!PyArg_ParseTuple(args, "iOOOOOOOLOOO:evaluate", &q.function, &values, &starts, &times, &vector_starts, &row_vector,
                        &ends, &at, &range_ms, &params, &out, &present))
    return nullptr;
  View v_values(values, false, "values"), v_starts(starts, false, "starts"), v_times(times, false, "timestamps_ms"),
      v_vectors(vector_starts, false, "vector_starts"), v_rows(row_vector, false, "row_vector"), v_ends(ends, false, "ends"),
      v_at(at, false, "at"), v_params(params, false, "params"), v_out(out, true, "out"), v_present(present, true, "present");
  if (!v_values.ok() || !v_starts.ok() || !v_times.ok() || !v_vectors.ok() || !v_rows.ok() || !v_ends.ok() || !v_at.ok() ||
      !v_params.ok() || !v_out.ok() || !v_present.ok())
    return nullptr;
  q.values = v_values.as<double>();
  q.starts = v_starts.as<int64_t>();
  q.times = v_times.as<int64_t>();
  q.vector_starts = v_vectors.as<int64_t>();
  q.row_vector = v_rows.as<int64_t>();
  q.ends = v_ends.as<int64_t>();
  q.at = v_at.as<int64_t>();
  q.params = v_params.as<double>();
  q.range_ms = range_ms;
  q.series = v_rows.count<int64_t>();
  q.steps = v_ends.count<int64_t>();
  int64_t vectors = v_vectors.count<int64_t>() - 1;
  const char* problem = nullptr;
  if (v_starts.count<int64_t>() != q.series + 1 || vectors < 0 || range_ms < 0) {
    problem = "starts, vector_starts and range do not fit";
  } else if (v_at.count<int64_t>() != q.steps || v_params.count<double>() != params_of(q.function) * q.steps) {
    problem = "at and params need one value a step";
  } else if (v_out.count<double>() != q.series * q.steps || v_present.bytes() != q.series * q.steps) {
    problem = "outputs need series x steps cells";
  } else {
    problem = problem_of(q, v_values.count<double>(), v_times.count<int64_t>(), vectors);
  }
  if (problem != nullptr) {
    PyErr_SetString(PyExc_ValueError, problem);
    return nullptr;
  }
  int64_t seen = 0, filled = 0;
  bool enough_memory = true;
  {
    WithoutGil released;
    try {
      run(q, v_out.as<double>(), v_present.as<uint8_t>(), seen, filled);
    } catch (const std::exception&) {
      enough_memory = false;
    }
  }
  if (!enough_memory) return PyErr_NoMemory();
  return Py_BuildValue("(LL)", static_cast<long long>(filled), static_cast<long long>(seen));
}

PyMethodDef kMethods[] = {{"evaluate", evaluate, METH_VARARGS, "See plain_window.evaluate."}, {nullptr, nullptr, 0, nullptr}};
PyModuleDef kModule = {PyModuleDef_HEAD_INIT, "_window", nullptr, 0, kMethods, nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace vedette

PyMODINIT_FUNC PyInit__window(void) { return PyModule_Create(&vedette::kModule); }
