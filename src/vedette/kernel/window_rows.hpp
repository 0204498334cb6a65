// Rows and their windows, and the two functions whose overlapping windows are worth sharing work: sums and extremes.
#pragma once
#include "compensated.hpp"

#include <cstring>

namespace vedette {

constexpr int kLanes = 8;  // independent results, so that compilers use vector registers
constexpr uint64_t kStaleBits = 0x7FF0000000000002ULL;

// The numbers are those of window.py.
enum Function : int {
  kNewest = 0, kNewestTime, kRate, kIncrease, kDelta, kIrate, kIdelta, kChanges, kResets, kDeriv, kPredictLinear,
  kSum, kAvg, kMin, kMax, kCount, kStddev, kStdvar, kLast, kFirst, kPresent, kQuantile, kMad, kTsOfFirst, kTsOfLast,
  kTsOfMin, kTsOfMax, kSmoothing, kRateAnchored, kIncreaseAnchored, kDeltaAnchored, kChangesAnchored, kResetsAnchored,
  kRateSmoothed, kIncreaseSmoothed, kDeltaSmoothed, kValueSmoothed, kFunctions
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

// From here on functions see two moments a step as parameters: the borders of the range that the query asked for, while
// the window reaches further.
inline bool is_extended(int function) { return function >= kRateAnchored; }

inline bool is_stale(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits == kStaleBits;
}

inline bool has_nan(const double* v, int64_t n) {
  int64_t nans = 0;
  for (int64_t i = 0; i < n; ++i) nans += v[i] != v[i];
  return nans != 0;
}

// First index from `from` whose time is after `limit`. A few samples are walked over; where there are more between
// steps, the place is guessed from their pace (samples a millisecond) and corrected; where that fails, it is searched.
inline int64_t first_after(const int64_t* t, int64_t n, int64_t from, int64_t limit, double pace) {
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

inline void find_windows(const Request& q, const int64_t* t, int64_t n, Windows& w) {
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
inline void each_window(const Request& q, const Row& r, int64_t least, F function) {
  for (int64_t k = 0; k < q.steps; ++k) {
    bool enough = r.hi[k] - r.lo[k] >= least;
    r.present[k] = enough;
    r.out[k] = enough ? function(r.lo[k], r.hi[k], k) : 0.0;
  }
}

inline void newest(const Request& q, const Row& r, bool time) {
  for (int64_t k = 0; k < q.steps; ++k) {
    int64_t last = r.hi[k] - 1;
    bool there = last >= r.lo[k] && !is_stale(r.v[last]);
    r.present[k] = there;
    r.out[k] = !there ? 0.0 : time ? static_cast<double>(r.t[last]) / 1000 : r.v[last];
  }
}

// Whether sums of any stretch of the row can be had exactly as differences of running two-part sums: all values are
// multiples of 2^bottom and no partial sum needs more bits than two doubles have (some are left as a margin).
inline bool exact_running(const double* v, int64_t n) {
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
inline void running_sums(const double* v, int64_t n, Scratch& s) {
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

inline TwoPart stretch(const Scratch& s, int64_t lo, int64_t hi) {
  double sum = s.sums[hi], rest = 0;
  add_finite(-s.sums[lo], sum, rest);
  return {sum, rest + (s.compensations[hi] - s.compensations[lo])};
}

inline double sum_directly(const double* v, int64_t lo, int64_t hi) {
  double sum = 0, rest = 0;
  for (int64_t i = lo; i < hi; ++i) add_finite(v[i], sum, rest);
  if (std::isfinite(sum) && std::isfinite(rest)) return sum + rest;
  sum = rest = 0;
  for (int64_t i = lo; i < hi; ++i) add_compensated(v[i], sum, rest);
  return std::isinf(sum) ? sum : sum + rest;
}

inline double mean_directly(const double* v, int64_t lo, int64_t hi) {
  double sum = v[lo], rest = 0, count = static_cast<double>(hi - lo);
  for (int64_t i = lo + 1; i < hi; ++i) add_finite(v[i], sum, rest);
  if (std::isfinite(sum) && std::isfinite(rest)) return sum / count + rest / count;
  Mean mean(v[lo]);
  for (int64_t i = lo + 1; i < hi; ++i) mean.add(v[i]);
  return mean.result();
}

inline void sum_or_mean(const Request& q, const Row& r, const Windows& w, Scratch& s, bool mean) {
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
inline double extreme(const double* v, int64_t lo, int64_t hi) {
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
inline void sliding_extreme(const Request& q, const Row& r, Windows& w, Scratch& s) {
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
inline void extremes(const Request& q, const Row& r, Windows& w, Scratch& s) {
  if (w.total > 3 * r.n) {
    sliding_extreme<kLargest>(q, r, w, s);
  } else {
    each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) { return extreme<kLargest>(r.v, lo, hi); });
  }
}

template <bool kLargest>
inline void time_of_extreme(const Request& q, const Row& r) {
  each_window(q, r, 1, [&](int64_t lo, int64_t hi, int64_t) {
    int64_t best = lo;
    for (int64_t i = lo; i < hi; ++i) {
      if (!beats<kLargest>(r.v[best], r.v[i]) && !(std::isnan(r.v[i]) && !std::isnan(r.v[best]))) best = i;
    }
    return static_cast<double>(r.t[best]) / 1000;
  });
}

}  // namespace vedette
