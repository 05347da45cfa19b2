package main

import (
	"fmt"
	"strings"
)

var dashboards = []dashboard{service, model, process}

// posted selects the requests that objectives are on, as rules.yaml does.
const posted = `method="POST",route!="/-/reload",$is`

// answered selects the durations that objectives are on, as rules.yaml does: the
// others have no classic buckets.
const answered = `method="POST",code="2xx",$is`

var service = dashboard{uid: "digits-service", title: "digits: service", rows: []row{
	{"Objectives", []panel{
		{title: "Requests without an error, of three days", kind: "stat", unit: "percentunit", description: "The objective is 99.9%.",
			queries: []query{{`1 - job:digits_request_errors:ratio_rate3d{job="$job"}`, "answered"}}},
		{title: "Requests within 0.1 s, of three days", kind: "stat", unit: "percentunit", description: "Of those that succeed. The objective is 99%.",
			queries: []query{{`1 - job:digits_requests_slow:ratio_rate3d{job="$job"}`, "fast"}}},
		{title: "How fast the budget of errors burns", description: "At 1 it is used up in 30 days. Somebody is woken at 14.4 over an hour or 6 over six.",
			queries: []query{{`job:digits_request_errors:ratio_rate1h{job="$job"} / 0.001`, "1 h"}, {`job:digits_request_errors:ratio_rate6h{job="$job"} / 0.001`, "6 h"}}},
		{title: "How fast the budget of slow requests burns",
			queries: []query{{`job:digits_requests_slow:ratio_rate1h{job="$job"} / 0.01`, "1 h"}, {`job:digits_requests_slow:ratio_rate6h{job="$job"} / 0.01`, "6 h"}}},
	}},
	{"Requests", []panel{
		{title: "Requests by route", unit: "reqps", queries: []query{{`sum by (method, route) (rate(digits_http_requests_total{$is}[$__rate_interval]))`, "{{method}} {{route}}"}}},
		{title: "Requests by status", unit: "reqps", queries: []query{{`sum by (code) (rate(digits_http_requests_total{` + posted + `}[$__rate_interval]))`, "{{code}}"}}},
		{title: "Errors by route", unit: "percentunit", description: "Share of the replies that are 5xx.",
			queries: []query{{`(sum by (route) (rate(digits_http_requests_total{code=~"5..",` + posted + `}[$__rate_interval])) or 0 * sum by (route) (rate(digits_http_requests_total{` + posted + `}[$__rate_interval]))) / sum by (route) (rate(digits_http_requests_total{` + posted + `}[$__rate_interval]))`, "{{route}}"}}},
		{title: "Duration by route", unit: "s", description: "Of the requests that succeed.",
			queries: []query{
				{`histogram_quantile(0.5, sum by (le, route) (rate(digits_http_request_duration_seconds_bucket{` + answered + `}[$__rate_interval])))`, "median {{route}}"},
				{`histogram_quantile(0.99, sum by (le, route) (rate(digits_http_request_duration_seconds_bucket{` + answered + `}[$__rate_interval])))`, "99% {{route}}"}}},
		{title: "Duration by method and status, mean", unit: "s",
			queries: []query{{`sum by (method, code) (rate(digits_http_request_duration_seconds_sum{$is}[$__rate_interval])) / sum by (method, code) (rate(digits_http_request_duration_seconds_count{$is}[$__rate_interval]))`, "{{method}} {{code}}"}}},
		{title: "Durations", kind: "heatmap", unit: "s", description: "Of the requests that succeed.", queries: []query{{`sum by (le) (increase(digits_http_request_duration_seconds_bucket{` + answered + `}[$__rate_interval]))`, "{{le}}"}}},
		{title: "Requests at work", queries: []query{{`digits_http_requests_in_flight{$is}`, "{{instance}}"}}},
	}},
	{"Work", []panel{
		{title: "Time in each stage, mean", unit: "s", queries: []query{{`sum by (stage) (rate(digits_stage_duration_seconds_sum{$is}[$__rate_interval])) / sum by (stage) (rate(digits_stage_duration_seconds_count{$is}[$__rate_interval]))`, "{{stage}}"}}},
		{title: "Time in each stage, 99%", unit: "s", queries: []query{{`histogram_quantile(0.99, sum by (le, stage) (rate(digits_stage_duration_seconds_bucket{$is}[$__rate_interval])))`, "{{stage}}"}}},
		{title: "Slots in use", unit: "percentunit", queries: []query{{`digits_slots_busy{$is} / digits_slots{$is}`, "{{instance}}"}}},
		{title: "Queue", unit: "percentunit", description: "Share of the places to wait that are taken.", queries: []query{{`digits_queue_depth{$is} / digits_queue_capacity{$is}`, "{{instance}}"}}},
	}},
	{"Refusals", []panel{
		{title: "Problems by reason", unit: "reqps", queries: []query{{`sum by (reason) (rate(digits_requests_rejected_total{$is}[$__rate_interval])) > 0`, "{{reason}}"}}},
		{title: "Refused for want of capacity", unit: "reqps", queries: []query{{`sum by (reason) (rate(digits_requests_rejected_total{reason=~"overloaded|deadline_exceeded|not_ready",$is}[$__rate_interval]))`, "{{reason}}"}}},
		{title: "Overloads by cause", unit: "reqps", description: "What there was too little of: places or time in the queue, or memory for bodies.", queries: []query{{`sum by (cause) (rate(digits_overloads_total{$is}[$__rate_interval]))`, "{{cause}}"}}},
		{title: "Clients that left and deadlines, by stage", unit: "reqps", queries: []query{{`sum by (stage) (rate(digits_requests_cancelled_total{$is}[$__rate_interval]))`, "{{stage}}"}}},
		{title: "Panics of an hour", kind: "stat", queries: []query{{`sum(increase(digits_panics_total{$is}[1h]))`, "panics"}}},
	}},
}}

var model = dashboard{uid: "digits-model", title: "digits: model", rows: []row{
	{"Which", []panel{
		{title: "Models in use", kind: "table", queries: []query{{`count by (version, digest) (digits_model_info{$is})`, ""}}},
		{title: "Programs in use", kind: "table", queries: []query{{`count by (version, go_version, kernel) (digits_build_info{$is})`, ""}}},
		{title: "Age of the weights", unit: "s", queries: []query{{`time() - digits_model_loaded_timestamp_seconds{$is}`, "{{instance}}"}}},
		{title: "Reloads of an hour", queries: []query{{`sum by (result) (increase(digits_model_reloads_total{$is}[1h]))`, "{{result}}"}}},
	}},
	{"Self-test", []panel{
		{title: "Pictures read as they must be", kind: "stat", unit: "percentunit", queries: []query{{`digits_selftest_accuracy_ratio{$is}`, "{{instance}}"}}},
		{title: "Since the last self-test that passed", unit: "s", queries: []query{{`time() - digits_selftest_last_success_timestamp_seconds{$is}`, "{{instance}}"}, {`increase(digits_selftest_failures_total{$is}[1h])`, "failures of an hour {{instance}}"}}},
	}},
	{"Answers", []panel{
		{title: "Share of each digit", unit: "percentunit", queries: []query{{`sum by (digit) (rate(digits_predictions_total{$is}[$__rate_interval])) / ignoring (digit) group_left () sum(rate(digits_predictions_total{$is}[$__rate_interval]))`, "{{digit}}"}}},
		{title: "Confidence", kind: "heatmap", queries: []query{{`sum by (le) (increase(digits_prediction_confidence_bucket{$is}[$__rate_interval]))`, "{{le}}"}}},
		{title: "Not accepted, by reason", unit: "percentunit", queries: []query{{`sum by (reason) (rate(digits_abstentions_total{$is}[$__rate_interval])) / ignoring (reason) group_left () sum(rate(digits_predictions_total{$is}[$__rate_interval]))`, "{{reason}}"},
			{`job:digits_abstentions:ratio_rate7d{job="$job"}`, "of a week"}}},
		{title: "Doubtful pictures, by flag", unit: "percentunit", queries: []query{{`sum by (flag) (rate(digits_input_flags_total{$is}[$__rate_interval])) / ignoring (flag) group_left () sum(rate(digits_predictions_total{$is}[$__rate_interval]))`, "{{flag}}"}}},
		{title: "Drift", description: "Population stability index of the last 1,000 pictures: below 0.1 no change, above 0.2 a large one.",
			queries: []query{{`max by (feature) (digits_input_drift_psi{$is})`, "{{feature}}"}}},
	}},
	{"Feedback", []panel{
		{title: "Right, of those that clients told about in a day", kind: "stat", unit: "percentunit",
			queries: []query{{`(` + agreements() + `) / sum(increase(digits_feedback_total{$is}[1d]))`, "right"}}},
		{title: "Confusions of a day", kind: "table", queries: []query{{`sum by (predicted, actual) (increase(digits_feedback_total{$is}[1d])) > 0`, ""}}},
	}},
}}

// agreements is the feedback of a day whose two labels are the same digit.
func agreements() string {
	var sums []string
	for digit := range 10 {
		sums = append(sums, fmt.Sprintf(`sum(increase(digits_feedback_total{predicted="%d",actual="%d",$is}[1d]))`, digit, digit))
	}
	return strings.Join(sums, " + ")
}

var process = dashboard{uid: "digits-runtime", title: "digits: runtime", rows: []row{
	{"Process", []panel{
		{title: "Up", kind: "stat", queries: []query{{`up{$is}`, "{{instance}}"}}},
		{title: "Up since", unit: "s", queries: []query{{`time() - process_start_time_seconds{$is}`, "{{instance}}"}}},
		{title: "Processor", description: "Share of the cores that Go uses.", unit: "percentunit", queries: []query{{`rate(process_cpu_seconds_total{$is}[$__rate_interval]) / go_sched_gomaxprocs_threads{$is}`, "{{instance}}"}}},
		{title: "Open files", queries: []query{{`process_open_fds{$is}`, "{{instance}}"}, {`process_max_fds{$is}`, "limit {{instance}}"}}},
		{title: "Network", unit: "Bps", queries: []query{{`rate(process_network_receive_bytes_total{$is}[$__rate_interval])`, "in {{instance}}"}, {`rate(process_network_transmit_bytes_total{$is}[$__rate_interval])`, "out {{instance}}"}}},
	}},
	{"Memory", []panel{
		{title: "Memory", unit: "bytes", queries: []query{{`process_resident_memory_bytes{$is}`, "resident {{instance}}"}, {`go_memory_classes_heap_objects_bytes{$is}`, "heap {{instance}}"}}},
		{title: "Of GOMEMLIMIT", unit: "percentunit", description: "Almost nothing where no limit is set.", queries: []query{{`process_resident_memory_bytes{$is} / go_gc_gomemlimit_bytes{$is}`, "{{instance}}"}}},
		{title: "Request bodies", unit: "bytes", queries: []query{{`digits_body_memory_bytes{$is}`, "{{instance}}"}}},
		{title: "Allocations", unit: "Bps", queries: []query{{`rate(go_gc_heap_allocs_bytes_total{$is}[$__rate_interval])`, "{{instance}}"}}},
	}},
	{"Go", []panel{
		{title: "Goroutines and threads", queries: []query{{`go_goroutines{$is}`, "goroutines {{instance}}"}, {`go_threads{$is}`, "threads {{instance}}"}}},
		{title: "Pauses for garbage collection", description: "Share of the time.", unit: "percentunit", queries: []query{{`rate(go_gc_duration_seconds_sum{$is}[$__rate_interval])`, "{{instance}}"}}},
	}},
}}
