// Package validate_test compares the manifests with the types of the Kubernetes
// API, and with what the server needs. It is a module of its own, so that the
// service does not depend on Kubernetes.
package validate_test

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// installation is what an overlay makes.
type installation struct {
	deployment appsv1.Deployment
	config     corev1.ConfigMap
	service    *corev1.Service
	budget     *policyv1.PodDisruptionBudget
	policy     *networkingv1.NetworkPolicy
	scaler     *autoscalingv2.HorizontalPodAutoscaler
	monitor    *monitoringv1.PodMonitor
	rules      *monitoringv1.PrometheusRule
	ingress    *networkingv1.Ingress
	claim      *corev1.PersistentVolumeClaim
}

var overlays = []string{"base", "overlays/production", "overlays/volume", "overlays/canary"}

func build(t *testing.T, overlay string) (made installation) {
	t.Helper()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "../"+overlay)
	if err != nil {
		t.Fatal(err)
	}
	made.service, made.budget, made.policy = new(corev1.Service), new(policyv1.PodDisruptionBudget), new(networkingv1.NetworkPolicy)
	made.rules, made.ingress = new(monitoringv1.PrometheusRule), new(networkingv1.Ingress)
	made.scaler, made.monitor, made.claim = new(autoscalingv2.HorizontalPodAutoscaler), new(monitoringv1.PodMonitor), new(corev1.PersistentVolumeClaim)
	types := map[string]any{"apps/v1 Deployment": &made.deployment, "v1 ConfigMap": &made.config, "v1 Service": made.service,
		"policy/v1 PodDisruptionBudget": made.budget, "networking.k8s.io/v1 NetworkPolicy": made.policy, "v1 PersistentVolumeClaim": made.claim,
		"autoscaling/v2 HorizontalPodAutoscaler": made.scaler, "monitoring.coreos.com/v1 PodMonitor": made.monitor,
		"monitoring.coreos.com/v1 PrometheusRule": made.rules, "networking.k8s.io/v1 Ingress": made.ingress}
	for _, r := range resources.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		kind := r.GetApiVersion() + " " + r.GetKind()
		into, known := types[kind]
		if !known {
			t.Fatalf("%s: the test does not know %s", overlay, kind)
		}
		if err := yaml.UnmarshalStrict(text, into); err != nil {
			t.Errorf("%s: %s is not as the API has it: %v", overlay, kind, err)
		}
	}
	return made
}

func TestManifests(t *testing.T) {
	for _, overlay := range overlays {
		t.Run(overlay, func(t *testing.T) {
			made := build(t, overlay)
			pod := made.deployment.Spec.Template
			if !matches(made.deployment.Spec.Selector, pod.Labels) {
				t.Errorf("the deployment's selector %v does not match its pods %v", made.deployment.Spec.Selector, pod.Labels)
			}
			if len(pod.Spec.Containers) != 1 {
				t.Fatalf("%d containers", len(pod.Spec.Containers))
			}
			restricted(t, pod.Spec)
			environment(t, made)
			probes(t, pod.Spec.Containers[0])
			stopping(t, made)
			scaled(t, made)
		})
	}
}

// All that points at the pods points at them.
func TestSelectors(t *testing.T) {
	made := build(t, "overlays/production")
	canary := build(t, "overlays/canary")
	for _, labels := range []map[string]string{made.deployment.Spec.Template.Labels, canary.deployment.Spec.Template.Labels} {
		for name, selector := range map[string]*metav1.LabelSelector{
			"service": {MatchLabels: made.service.Spec.Selector}, "disruption budget": made.budget.Spec.Selector,
			"network policy": &made.policy.Spec.PodSelector, "monitor": &made.monitor.Spec.Selector,
		} {
			if !matches(selector, labels) {
				t.Errorf("the %s's selector %v does not match the pods %v", name, selector, labels)
			}
		}
	}
	if matches(made.deployment.Spec.Selector, canary.deployment.Spec.Template.Labels) {
		t.Error("the deployment takes the canary's pods for its own")
	}
	if made.scaler.Spec.ScaleTargetRef.Name != made.deployment.Name || *made.scaler.Spec.MinReplicas < 2 {
		t.Errorf("the scaler is for %v", made.scaler.Spec)
	}
	ports := made.deployment.Spec.Template.Spec.Containers[0].Ports
	used := []string{made.service.Spec.Ports[0].TargetPort.StrVal, *made.monitor.Spec.PodMetricsEndpoints[0].Port}
	for _, rule := range made.policy.Spec.Ingress {
		used = append(used, rule.Ports[0].Port.StrVal)
	}
	for _, name := range used {
		if !slices.ContainsFunc(ports, func(p corev1.ContainerPort) bool { return p.Name == name }) {
			t.Errorf("the pods have no port %q", name)
		}
	}
}

// The ingress asks the service, and the pods believe what it says of clients; the
// operator has rules of both kinds.
func TestProduction(t *testing.T) {
	made := build(t, "overlays/production")
	if made.service.Annotations["haproxy.org/cookie-persistence"] == "" { // on an ingress, it is not read
		t.Error("a client's feedback goes to any pod")
	}
	backend := made.ingress.Spec.Rules[0].HTTP.Paths[0].Backend.Service
	if backend.Name != made.service.Name || backend.Port.Name != made.service.Spec.Ports[0].Name {
		t.Errorf("the ingress asks %v, the service is %s with %v", backend, made.service.Name, made.service.Spec.Ports)
	}
	if tls, host := made.ingress.Spec.TLS[0].Hosts, made.ingress.Spec.Rules[0].Host; !slices.Equal(tls, []string{host}) {
		t.Errorf("the certificate is for %v, the host is %s", tls, host)
	}
	if _, err := netip.ParsePrefix(made.config.Data["DIGITS_TRUSTED_PROXIES"]); err != nil || made.config.Data["DIGITS_ADMIN_ADDR"] == "" {
		t.Errorf("the configuration is %v", made.config.Data)
	}
	alerts, records := 0, 0
	for _, group := range made.rules.Spec.Groups {
		for _, rule := range group.Rules {
			if rule.Alert != "" {
				alerts++
			}
			if rule.Record != "" {
				records++
			}
		}
	}
	if alerts == 0 || records == 0 {
		t.Errorf("%d alerts, %d recorded series", alerts, records)
	}
}

func TestVolume(t *testing.T) {
	made := build(t, "overlays/volume")
	pod := made.deployment.Spec.Template.Spec
	mount := pod.Containers[0].VolumeMounts[0]
	if !strings.HasPrefix(made.config.Data["DIGITS_WEIGHTS"], mount.MountPath+"/") || mount.Name != pod.Volumes[0].Name ||
		pod.Volumes[0].PersistentVolumeClaim.ClaimName != made.claim.Name {
		t.Errorf("%v, %v, %v", made.config.Data, mount, pod.Volumes[0])
	}
}

// queueProxy is the ports that Knative's container in the same pod listens on,
// and none.
var queueProxy = []string{"", "8008", "8012", "8013", "8022", "8112", "9090", "9091"}

func TestInferenceService(t *testing.T) {
	text, err := os.ReadFile("../kserve/inferenceservice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// KServe's own types bring hundreds of packages; a predictor is a pod's
	// specification and these fields.
	var service struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              struct {
			Predictor struct {
				corev1.PodSpec `json:",inline"`
				MinReplicas    int               `json:"minReplicas"`
				MaxReplicas    int               `json:"maxReplicas"`
				Annotations    map[string]string `json:"annotations"`
			} `json:"predictor"`
		} `json:"spec"`
	}
	if err := yaml.UnmarshalStrict(text, &service); err != nil {
		t.Fatal(err)
	}
	c := service.Spec.Predictor.Containers
	if len(c) != 1 || c[0].Name != "kserve-container" {
		t.Errorf("KServe looks for one container kserve-container: %v", c)
	} else if !slices.Contains(c[0].Env, corev1.EnvVar{Name: "PROTOCOL", Value: "v2"}) {
		t.Errorf("KServe takes it for a server of its first protocol: %v", c[0].Env)
	} else if port := service.Spec.Predictor.Annotations["prometheus.io/port"]; slices.Contains(queueProxy, port) || !slices.Contains(c[0].Env, corev1.EnvVar{Name: "DIGITS_ADMIN_ADDR", Value: ":" + port}) {
		t.Errorf("Prometheus looks at port %q, and the operators' port is not that: %v", port, c[0].Env)
	}
}

// restricted is the Pod Security Standard of that name.
func restricted(t *testing.T, pod corev1.PodSpec) {
	t.Helper()
	c := pod.Containers[0].SecurityContext
	if !*pod.SecurityContext.RunAsNonRoot || pod.SecurityContext.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault ||
		*c.AllowPrivilegeEscalation || !*c.ReadOnlyRootFilesystem || !slices.Equal(c.Capabilities.Drop, []corev1.Capability{"ALL"}) || *pod.AutomountServiceAccountToken {
		t.Errorf("the pod is not restricted: %v, %v", pod.SecurityContext, c)
	}
}

// environment: the server knows every variable, and Go's limit is below the
// container's.
func environment(t *testing.T, made installation) {
	t.Helper()
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range made.config.Data {
		if name != "GOMEMLIMIT" && !strings.Contains(string(readme), "| `"+name+"` |") {
			t.Errorf("the server has no flag for %s", name)
		}
	}
	c := made.deployment.Spec.Template.Spec.Containers[0]
	if c.EnvFrom[0].ConfigMapRef.Name != made.config.Name {
		t.Errorf("the pods take their configuration from %q and not %q", c.EnvFrom[0].ConfigMapRef.Name, made.config.Name)
	}
	soft := resource.MustParse(strings.TrimSuffix(made.config.Data["GOMEMLIMIT"], "B"))
	if hard := c.Resources.Limits.Memory(); soft.IsZero() || hard.Cmp(soft) <= 0 {
		t.Errorf("GOMEMLIMIT %v is not below the container's %v", &soft, hard)
	}
}

func probes(t *testing.T, c corev1.Container) {
	t.Helper()
	for _, p := range []struct {
		probe *corev1.Probe
		path  string
	}{{c.StartupProbe, "/readyz"}, {c.ReadinessProbe, "/readyz"}, {c.LivenessProbe, "/livez"}} {
		if p.probe == nil || p.probe.HTTPGet.Path != p.path || p.probe.HTTPGet.Port.StrVal != "http" {
			t.Errorf("the probe of %s is %v", p.path, p.probe)
		}
	}
}

// stopping: the drain delay is longer than it takes until no pod is sent to the
// stopping one, and the grace period is longer than the whole stop.
func stopping(t *testing.T, made installation) {
	t.Helper()
	pod := made.deployment.Spec.Template.Spec
	delay, err := time.ParseDuration(made.config.Data["DIGITS_DRAIN_DELAY"])
	if err != nil {
		t.Fatal(err)
	}
	timeout, err := time.ParseDuration(made.config.Data["DIGITS_DRAIN_TIMEOUT"])
	if err != nil {
		t.Fatal(err)
	}
	ready := pod.Containers[0].ReadinessProbe
	noticed := time.Duration(ready.PeriodSeconds*ready.FailureThreshold) * time.Second
	const spread = 3 * time.Second // until every node knows the new endpoints
	if delay < noticed+spread {
		t.Errorf("the drain delay %v is shorter than %v", delay, noticed+spread)
	}
	if grace := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second; grace <= delay+timeout {
		t.Errorf("the grace period %v is not longer than %v", grace, delay+timeout)
	}
}

// scaled: what an autoscaler scales has no number of its own, to which each
// apply would set it back, under load too; what none scales is one pod.
func scaled(t *testing.T, made installation) {
	t.Helper()
	replicas := made.deployment.Spec.Replicas
	if made.scaler.Spec.ScaleTargetRef.Name == made.deployment.Name {
		if replicas != nil {
			t.Errorf("each apply sets what the autoscaler scales to %d pods", *replicas)
		}
	} else if replicas == nil || *replicas != 1 {
		t.Errorf("%s, which no autoscaler scales, is not one pod", made.deployment.Name)
	}
}

func matches(selector *metav1.LabelSelector, labels map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && !s.Empty() && s.Matches(set(labels))
}

// set is labels as selectors want them.
type set map[string]string

func (s set) Has(label string) bool   { _, ok := s[label]; return ok }
func (s set) Get(label string) string { return s[label] }
func (s set) Lookup(label string) (string, bool) {
	v, ok := s[label]
	return v, ok
}
