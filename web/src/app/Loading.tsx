/** What stands in the place of a page that is on its way. */
export const LOADING = <p className="p-4 text-fg-3">Loading</p>;
