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
