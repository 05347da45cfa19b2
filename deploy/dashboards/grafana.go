package main

// dashboard is what of Grafana's dashboards is the same for all of ours.
type dashboard struct {
	uid, title string
	rows       []row
}

type row struct {
	title  string
	panels []panel
}

// panel is a picture of some series, half a screen wide.
type panel struct {
	title, kind, unit string // kind and unit as Grafana names them; the kind timeseries if empty
	description       string
	queries           []query
}

// query is an expression in which $is stands for the chosen job and instances.
type query struct{ expr, legend string }

type object = map[string]any

var source = object{"type": "prometheus", "uid": "${datasource}"}

const (
	panelWidth  = 12
	panelHeight = 8
	schema      = 39 // of Grafana 10
)

// json returns what Grafana reads.
func (d dashboard) json() object {
	var panels []object
	y, id := 0, 1
	add := func(p object, x, width, height int) {
		p["id"], p["gridPos"] = id, object{"x": x, "y": y, "w": width, "h": height}
		panels = append(panels, p)
		id++
	}
	for _, r := range d.rows {
		add(object{"type": "row", "title": r.title, "collapsed": false, "panels": []object{}}, 0, 2*panelWidth, 1)
		y++
		for i, p := range r.panels {
			add(p.json(), i%2*panelWidth, panelWidth, panelHeight)
			if i%2 == 1 || i == len(r.panels)-1 {
				y += panelHeight
			}
		}
	}
	return object{
		"uid": d.uid, "title": d.title, "tags": []string{"digits"}, "schemaVersion": schema, "editable": true, "graphTooltip": 1, "refresh": "10s",
		"time": object{"from": "now-30m", "to": "now"}, "panels": panels,
		"templating":  object{"list": variables()},
		"annotations": object{"list": []object{reloads()}},
		"links":       []object{{"type": "dashboards", "tags": []string{"digits"}, "title": "digits", "includeVars": true, "keepTime": true, "asDropdown": false}},
	}
}

func (p panel) json() object {
	kind, format := p.kind, "time_series"
	if kind == "" {
		kind = "timeseries"
	}
	options := object{"legend": object{"showLegend": true, "displayMode": "list", "placement": "bottom", "calcs": []string{}}, "tooltip": object{"mode": "multi", "sort": "desc"}}
	switch kind {
	case "heatmap":
		format = "heatmap"
		options = object{"calculate": false, "yAxis": object{"unit": p.unit}, "color": object{"scheme": "Blues", "mode": "scheme"}}
	case "table":
		format, options = "table", object{}
	case "stat":
		options = object{"reduceOptions": object{"calcs": []string{"lastNotNull"}}, "textMode": "value_and_name"}
	}
	var targets []object
	for i, q := range p.queries {
		targets = append(targets, object{"refId": string(rune('A' + i)), "datasource": source, "expr": expand(q.expr), "legendFormat": q.legend, "format": format,
			"instant": kind == "table", "range": kind != "table"})
	}
	return object{"type": kind, "title": p.title, "description": p.description, "datasource": source, "targets": targets, "options": options,
		"fieldConfig": object{"defaults": object{"unit": p.unit, "custom": object{}}, "overrides": []object{}}}
}

// variables are what one chooses at the top. The instances are those with the
// chosen model, so that a new one can be looked at beside the old.
func variables() []object {
	choice := func(name, label, values string, several bool) object {
		return object{"name": name, "label": label, "type": "query", "datasource": source, "refresh": 2, "sort": 1, "multi": several, "includeAll": several,
			"query": object{"query": values, "refId": name}, "definition": values, "current": all(several)}
	}
	return []object{
		{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": object{}},
		choice("job", "Job", "label_values(digits_build_info, job)", false),
		choice("version", "Model", `label_values(digits_model_info{job="$job"}, version)`, true),
		choice("instance", "Instance", `label_values(digits_model_info{job="$job",version=~"$version"}, instance)`, true),
	}
}

func all(several bool) object {
	if several {
		return object{"text": "All", "value": "$__all"}
	}
	return object{}
}

// reloads marks the moments at which an instance took other weights.
func reloads() object {
	return object{"name": "Reloads", "datasource": source, "enable": true, "iconColor": "orange", "titleFormat": "{{instance}} loaded weights",
		"expr": expand(`changes(digits_model_loaded_timestamp_seconds{$is}[$__rate_interval]) > 0`)}
}
