(function() {
	// src/data/duration.ts
	/** The two largest units, with thin spaces: "7 m 40 s", "12 d 4 h", "250 ms". */
	function formatDuration(duration_ms) {
		if (duration_ms < 1e3) return `${Math.round(duration_ms)}\u2009ms`;
		const steps = [
			[864e5, "d"],
			[36e5, "h"],
			[6e4, "m"],
			[1e3, "s"]
		];
		let rest = Math.round(duration_ms / 1e3) * 1e3;
		const parts = [];
		for (const [size_ms, unit] of steps) {
			const count = Math.floor(rest / size_ms);
			if (count === 0 && parts.length === 0) continue;
			rest -= count * size_ms;
			if (count > 0) parts.push(`${count}\u2009${unit}`);
			else break;
			if (parts.length === 2) break;
		}
		return parts.join(" ");
	}
	// src/data/format.ts
	/** Numbers as the page writes them: U+2009 before prefixes and in thousands, unit apart so that it can be small. */
	var THIN$1 = " ";
	var SI = [
		[0xe8d4a51000, "T"],
		[1e9, "G"],
		[1e6, "M"],
		[1e3, "k"]
	];
	var IEC = [
		[2 ** 50, "PiB"],
		[2 ** 40, "TiB"],
		[2 ** 30, "GiB"],
		[2 ** 20, "MiB"],
		[1024, "KiB"]
	];
	/** Three significant digits, no exponent for everyday sizes. */
	function digits(value, significant = 3) {
		const size = Math.abs(value);
		if (size === 0) return "0";
		if (size < 1e-4) return value.toExponential(1);
		if (size >= 1e3) return grouped(Math.round(value));
		const rounded = Number(value.toPrecision(significant));
		const decimals = Math.max(0, Math.min(6, significant - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
		return rounded.toFixed(decimals);
	}
	function grouped(value) {
		const [whole = "", ...fraction] = String(value).split(".");
		return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN$1), ...fraction].join(".");
	}
	/** A value with the prefix that fits `reference` (its own size when not given), so that a column can share one. */
	function scale(value, unit, reference = value, decimals = null) {
		if (!Number.isFinite(value)) return {
			text: Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf",
			unit: ""
		};
		const measure = measureOf(unit, Math.abs(reference));
		const part = value / measure.divisor;
		if (decimals !== null && measure.whole !== true) return {
			text: grouped(part.toFixed(decimals)),
			unit: measure.unit
		};
		return {
			text: measure.write?.(part) ?? digits(part),
			unit: measure.unit
		};
	}
	var percent = (part) => Math.abs(part) >= 100 ? part.toFixed(0) : part.toFixed(1);
	/** What a value of this size is divided by, and what is put behind. */
	function measureOf(unit, size) {
		switch (unit) {
			case "percent": return {
				divisor: 1,
				unit: "%",
				write: percent
			};
			case "ratio": return {
				divisor: .01,
				unit: "%",
				write: percent
			};
			case "load": return {
				divisor: 1,
				unit: "",
				write: (part) => part.toFixed(2)
			};
			case "bytes": return prefixed(IEC, size, "B");
			case "s": return secondsOf(size, 1);
			case "ms": return secondsOf(size / 1e3, 1e3);
			case "us": return secondsOf(size / 1e6, 1e6);
			case "ns": return secondsOf(size / 1e9, 1e9);
			case "duration": return {
				divisor: .001,
				unit: "",
				whole: true,
				write: signedDuration
			};
			case "date": return {
				divisor: 1,
				unit: "",
				whole: true,
				write: (part) => isoMoment(part * 1e3)
			};
			case "number": return size < 1e4 ? {
				divisor: 1,
				unit: ""
			} : prefixed(SI, size, "");
		}
		const suffix = SUFFIXES.get(unit);
		if (suffix !== void 0) return prefixed(SI, size, suffix);
		const measure = size < 1e4 ? {
			divisor: 1,
			unit: ""
		} : prefixed(SI, size, "");
		const gap = measure.unit === "" || unit.startsWith("/") ? "" : THIN$1;
		return {
			...measure,
			unit: `${measure.unit}${gap}${unit}`
		};
	}
	/** Units that take prefixes themselves: k becomes kB/s. */
	var SUFFIXES = /* @__PURE__ */ new Map([
		["bytes/s", "B/s"],
		["bits", "bit"],
		["bits/s", "bit/s"],
		["Hz", "Hz"],
		["W", "W"],
		["Wh", "Wh"],
		["V", "V"],
		["A", "A"]
	]);
	[...SUFFIXES.keys()];
	function prefixed(steps, size, suffix) {
		const [divisor, prefix] = steps.find(([limit]) => size >= limit) ?? [1, ""];
		return {
			divisor,
			unit: steps === IEC && prefix !== "" ? prefix : `${prefix}${suffix}`
		};
	}
	/** `perSecond` of the unit make a second. */
	function secondsOf(size_s, perSecond) {
		if (size_s >= 1 || size_s === 0) return {
			divisor: perSecond,
			unit: "s"
		};
		if (size_s >= .001) return {
			divisor: perSecond / 1e3,
			unit: "ms"
		};
		return size_s >= 1e-6 || perSecond < 1e9 ? {
			divisor: perSecond / 1e6,
			unit: "µs"
		} : {
			divisor: perSecond / 1e9,
			unit: "ns"
		};
	}
	function signedDuration(duration_ms) {
		return `${duration_ms < 0 ? "-" : ""}${formatDuration(Math.abs(duration_ms))}`;
	}
	function isoMoment(time_ms) {
		const date = new Date(time_ms);
		return Number.isNaN(date.getTime()) ? "-" : `${date.toISOString().slice(0, 19).replace("T", " ")}Z`;
	}
	// src/data/fieldFormat.ts
	var THIN = " ";
	var TOKENS = /^(?:s(?:[1-9]|1[0-2])|[oqd]\d|ok|warn|crit|info|unknown|ghost|text|text-2|text-3)$/;
	/** A palette token; anything else, such as CSS from an imported document, is none. */
	function paletteToken(color) {
		return TOKENS.test(color) ? color : null;
	}
	/** The threshold that holds for a value: the highest one that it has reached. */
	function thresholdOf(value, thresholds) {
		if (Number.isNaN(value)) return null;
		let [found, reached] = [null, -Infinity];
		for (const threshold of thresholds) {
			const from = threshold.value ?? -Infinity;
			if (from <= value && from >= reached) [found, reached] = [threshold, from];
		}
		return found;
	}
	var EXPRESSIONS = /* @__PURE__ */ new Map();
	function expression(source) {
		let known = EXPRESSIONS.get(source);
		if (known === void 0) {
			try {
				known = new RegExp(source);
			} catch {
				known = null;
			}
			EXPRESSIONS.set(source, known);
		}
		return known;
	}
	var SPECIAL = {
		null: Number.isNaN,
		nan: Number.isNaN,
		empty: Number.isNaN,
		true: (value) => value === 1,
		false: (value) => value === 0
	};
	function matches(mapping, value, text) {
		switch (mapping.kind) {
			case "value": return mapping.value === text || mapping.value.trim() !== "" && Number(mapping.value) === value;
			case "range": return value >= (mapping.start ?? -Infinity) && value <= (mapping.end ?? Infinity);
			case "regex": return expression(mapping.value)?.test(text) === true;
			case "special": return SPECIAL[mapping.value]?.(value) === true;
		}
	}
	function mappingOf(value, mappings, text = String(value)) {
		return mappings.find((mapping) => matches(mapping, value, text)) ?? null;
	}
	/** `reference` gives the prefix, so that a column can share one. */
	function fieldText(value, format, reference = value) {
		const mapping = mappingOf(value, format.mappings);
		const threshold = thresholdOf(value, format.thresholds);
		const scaled = Number.isNaN(value) ? {
			text: "-",
			unit: ""
		} : scale(value, format.unit, Number.isFinite(reference) ? reference : value, format.decimals);
		const shown = mapping !== null && mapping.text !== "" ? {
			text: mapping.text,
			unit: ""
		} : scaled;
		const status = mapping !== null && mapping.status !== "none" ? mapping.status : threshold?.status ?? "none";
		const color = (mapping === null ? null : colorOf(mapping)) ?? (threshold === null ? null : colorOf(threshold)) ?? "";
		return {
			...shown,
			status,
			color,
			mapped: mapping !== null
		};
	}
	/** As one text: "12.9 k", "34.0 %", "down". */
	function writeField(value, format) {
		const { text, unit } = fieldText(value, format);
		return unit === "" ? text : `${text}${THIN}${unit}`;
	}
	/** The palette token of a threshold or mapping: its own, else its status'. */
	function colorOf({ color, status }) {
		return paletteToken(color) ?? (status === "none" ? null : status);
	}
	[
		"1m",
		"5m",
		"15m",
		"30m",
		"1h",
		"3h",
		"6h",
		"12h",
		"24h",
		"2d",
		"7d",
		"30d"
	].map((span) => ({
		from: `now-${span}`,
		to: "now"
	}));
	var FORMATS = /* @__PURE__ */ new Map();
	/** A zone that this browser does not know is its own. */
	function zoneOption(zone) {
		if (zone === "browser") return {};
		if (zone === "utc") return { timeZone: "UTC" };
		try {
			new Intl.DateTimeFormat("en-GB", { timeZone: zone });
			return { timeZone: zone };
		} catch {
			return {};
		}
	}
	/** A formatter for a zone; made once, since making one is slow. */
	function dateFormat(zone, options) {
		const key = zone + JSON.stringify(options);
		let format = FORMATS.get(key);
		if (format === void 0) {
			format = new Intl.DateTimeFormat("en-GB", {
				...options,
				...zoneOption(zone)
			});
			FORMATS.set(key, format);
		}
		return format;
	}
	function formatMoment(time_ms, zone, withDay, withSeconds) {
		const clock = dateFormat(zone, {
			hour: "2-digit",
			minute: "2-digit",
			...withSeconds ? { second: "2-digit" } : {}
		}).format(time_ms);
		if (!withDay) return clock;
		return `${dateFormat(zone, {
			day: "numeric",
			month: "short"
		}).format(time_ms)}, ${clock}`;
	}
	// src/data/matrix.ts
	/** The first index at or after a time. */
	function lowerBound(times_ms, length, time_ms) {
		let low = 0;
		let high = length;
		while (low < high) {
			const middle = low + high >> 1;
			if ((times_ms[middle] ?? 0) < time_ms) low = middle + 1;
			else high = middle;
		}
		return low;
	}
	// src/widgets/reduce.ts
	var RESULTS = {
		last: (pass) => pass.last,
		first: (pass) => pass.first,
		avg: (pass) => pass.sum / pass.count,
		min: (pass) => pass.min,
		max: (pass) => pass.max,
		sum: (pass) => pass.sum,
		delta: (pass) => pass.last - pass.first,
		count: (pass) => pass.count
	};
	/** NaN when the window has no value, whatever is asked for. */
	function reduceSeries(times, values, how, window) {
		const pass = {
			count: 0,
			sum: 0,
			min: Infinity,
			max: -Infinity,
			first: NaN,
			last: NaN
		};
		const all = times.length === 1;
		for (let row = all ? 0 : lowerBound(times, times.length, window.start_ms); row < times.length; row += 1) {
			if (!all && (times[row] ?? 0) > window.end_ms) break;
			const value = values[row] ?? NaN;
			if (Number.isNaN(value)) continue;
			if (pass.count === 0) pass.first = value;
			pass.count += 1;
			pass.sum += value;
			pass.min = Math.min(pass.min, value);
			pass.max = Math.max(pass.max, value);
			pass.last = value;
		}
		return pass.count === 0 ? NaN : RESULTS[how](pass);
	}
	// src/widgets/plugins/frame/runtime.ts
	/** What runs in a plugin's document before the plugin itself: it has the port, and calls the plugin when it is due. */
	var CHANGES = {
		title: "options",
		zone: "options",
		reducedMotion: "options",
		options: "options",
		width: "size",
		height: "size",
		theme: "theme",
		data: "data"
	};
	/** The words of anything that was thrown. */
	function wordsOf(thrown) {
		return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
	}
	var Runtime = class {
		around;
		definition = null;
		sent = {};
		transformed = null;
		/** Since the last picture; there is none yet. */
		changed = new Set(Object.values(CHANGES));
		problems = [];
		isReady = false;
		isStarted = false;
		isDue = false;
		constructor(around) {
			this.around = around;
		}
		define(definition) {
			if (this.definition !== null) throw new Error("vedette.define was called before");
			if (typeof definition.draw !== "function") throw new TypeError("vedette.define needs an object with draw()");
			this.definition = definition;
			this.go(["options"]);
		}
		take(message) {
			if (message.op === "ping") {
				this.around.send({
					op: "pong",
					count: message.count
				});
				return;
			}
			this.sent = {
				...this.sent,
				...message.sent
			};
			const changed = Object.keys(message.sent).map((name) => CHANGES[name]);
			for (const one of changed) this.changed.add(one);
			this.go(changed);
		}
		fail(thrown) {
			this.around.send({
				op: "failed",
				message: wordsOf(thrown)
			});
		}
		/**
		* What has to be said at once is said at once, the picture comes before the next paint: a document that nobody sees
		* is never painted, and still is there.
		*/
		go(changed) {
			const { definition, sent } = this;
			if (definition === null || !isWhole(sent)) return;
			const isFirst = !this.isReady;
			if (isFirst) this.around.send({ op: "ready" });
			this.isReady = true;
			this.guarded(() => {
				if (isFirst || changed.includes("options")) this.check(definition, sent);
			});
			if (this.isDue || this.problems.length > 0) return;
			this.isDue = true;
			this.around.soon(() => {
				this.isDue = false;
				this.guarded(() => this.draw());
			});
		}
		guarded(run) {
			try {
				run();
			} catch (error) {
				this.fail(error);
			}
		}
		check(definition, sent) {
			const problems = (definition.validate?.(sent.options) ?? []).map(String);
			if (problems.join("\n") !== this.problems.join("\n")) this.around.send({
				op: "problems",
				problems
			});
			this.problems = problems;
		}
		draw() {
			const { definition, sent, changed } = this;
			if (definition === null || !isWhole(sent) || this.problems.length > 0) return;
			this.changed = /* @__PURE__ */ new Set();
			if (changed.has("theme")) this.applyTheme(sent);
			if (changed.has("data") || changed.has("options")) this.transformed = definition.transform?.(sent.data, sent.options) ?? sent.data;
			const context = this.context(sent, this.transformed ?? sent.data);
			if (!this.isStarted) {
				this.isStarted = true;
				definition.start?.(context);
			}
			definition.draw(context, changed);
			this.around.send({
				op: "drawn",
				version: sent.data.version
			});
		}
		applyTheme({ theme }) {
			const { style, dataset } = this.around.root.ownerDocument.documentElement;
			dataset["theme"] = theme.isDark ? "dark" : "light";
			for (const [name, value] of Object.entries(theme.tokens)) style.setProperty(`--${name}`, value);
		}
		context(sent, data) {
			const { send } = this.around;
			const { theme, ...rest } = sent;
			const color = (token) => theme.tokens[token] ?? "";
			return {
				...rest,
				data,
				root: this.around.root,
				isDark: theme.isDark,
				color,
				colorOf: (series, value) => color(tokenOf(series, value)),
				format: (value, { format }) => writeField(value, format),
				formatTime: (time_ms) => formatMoment(time_ms, sent.zone, true, true),
				reduce: (series, how) => reduceSeries(data.times, series.values, how, data.window),
				zoomTo: (start_ms, end_ms) => send({
					op: "zoom",
					start_ms,
					end_ms
				}),
				zoomOut: () => send({ op: "zoomOut" }),
				filter: (label, value) => send({
					op: "filter",
					label,
					value
				}),
				choose: ({ key }, value, time_ms) => send({
					op: "choose",
					key,
					value: value ?? null,
					time_ms: time_ms ?? null
				})
			};
		}
	};
	function isWhole(sent) {
		return Object.keys(CHANGES).every((name) => sent[name] !== void 0);
	}
	function tokenOf({ format, category, isPast }, value) {
		if (isPast) return "ghost";
		if (format.color === "thresholds" && value !== void 0) return fieldText(value, format).color || `s${category}`;
		return paletteToken(format.color) ?? `s${category}`;
	}
	// src/widgets/plugins/frame/main.ts
	var MOST_BLOCKED = 20;
	var early = [];
	var port = null;
	var blocked = 0;
	var runtime = new Runtime({
		get root() {
			return document.querySelector("main") ?? document.body;
		},
		send: (message) => {
			if (port === null) early.push(message);
			else port.postMessage(message);
		},
		soon: (run) => requestAnimationFrame(run)
	});
	function greet(event) {
		const [given] = event.ports;
		if (event.source !== parent || given === void 0 || port !== null || event.data?.vedette !== 1) return;
		event.stopImmediatePropagation();
		removeEventListener("message", greet);
		port = given;
		port.onmessage = (message) => runtime.take(message.data);
		for (const message of early.splice(0)) port.postMessage(message);
	}
	addEventListener("message", greet);
	addEventListener("error", (event) => runtime.fail(event.error ?? event.message));
	addEventListener("unhandledrejection", (event) => runtime.fail(event.reason));
	addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
		blocked += 1;
		const message = {
			op: "blocked",
			what: `${effectiveDirective} ${blockedURI}`.trim()
		};
		if (blocked > MOST_BLOCKED) return;
		if (port === null) early.push(message);
		else port.postMessage(message);
	});
	for (const name of [
		"RTCPeerConnection",
		"webkitRTCPeerConnection",
		"RTCDataChannel",
		"WebTransport"
	]) Reflect.deleteProperty(window, name);
	window.vedette = Object.freeze({ define: (definition) => runtime.define(definition) });
})();
