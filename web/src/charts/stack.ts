/** Stacking: each series on top of those before it; where all are missing the stack is missing. */

/** Upper edges, bottom series first. A series that is absent where others are present adds nothing. */
export function stackColumns(columns: readonly Float64Array[]): Float64Array[] {
  const rows = columns[0]?.length ?? 0;
  const edges = columns.map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    let present = false;
    for (const column of columns) if (!Number.isNaN(column[row] ?? NaN)) present = true;
    columns.forEach((column, at) => {
      const value = column[row] ?? NaN;
      if (!Number.isNaN(value)) sum += value;
      const edge = edges[at];
      if (edge !== undefined) edge[row] = present ? sum : NaN;
    });
  }
  return edges;
}

/** Each value as its share of the row's sum of sizes, 0 to 100; NaN where there is none or the sum is nothing. */
export function shareColumns(columns: readonly Float64Array[]): Float64Array[] {
  const rows = columns[0]?.length ?? 0;
  const shares = columns.map(() => new Float64Array(rows).fill(NaN));
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    for (const column of columns) sum += Math.abs(column[row] ?? NaN) || 0;
    if (sum === 0) continue;
    columns.forEach((column, at) => {
      const share = shares[at];
      if (share !== undefined) share[row] = ((column[row] ?? NaN) / sum) * 100;
    });
  }
  return shares;
}

/** Missing values between present ones: on the straight line between them, or zero. */
export function fillMissing(values: Float64Array, how: "connect" | "zero"): Float64Array {
  const filled = values.slice();
  let previous = -1;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? NaN;
    if (Number.isNaN(value)) {
      if (how === "zero") filled[row] = 0;
      continue;
    }
    if (how === "connect" && previous >= 0) {
      const from = values[previous] ?? 0;
      for (let between = previous + 1; between < row; between += 1) {
        filled[between] = from + ((value - from) * (between - previous)) / (row - previous);
      }
    }
    previous = row;
  }
  return filled;
}
