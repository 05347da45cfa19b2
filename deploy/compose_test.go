package deploy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// composition is what of compose.yaml depends on other files.
type composition struct {
	Services map[string]struct {
		Image           string
		Build           struct{ Args map[string]string }
		Environment     map[string]string
		Volumes         []string
		StopGracePeriod time.Duration `yaml:"stop_grace_period"`
		DependsOn       []string      `yaml:"depends_on"`
	}
	Volumes map[string]any
}

// compose.yaml mounts what exists, and names services and flags that exist. It
// is not more than that: the file is not run here.
func TestComposeFitsTheOtherFiles(t *testing.T) {
	var c composition
	load(t, "compose.yaml", &c)
	flags := read(t, "../README.md")
	proxy := read(t, "haproxy.cfg")
	for name, service := range c.Services {
		if service.Image == "digits" && service.Build.Args["VERSION"] == "" {
			t.Errorf("%s does not tell its version", name)
		}
		for _, volume := range service.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if _, named := c.Volumes[source]; named {
				continue
			}
			if _, err := os.Stat(source); err != nil {
				t.Errorf("%s mounts what is not there: %v", name, err)
			}
		}
		for variable, value := range service.Environment {
			if strings.HasPrefix(variable, "DIGITS_") && !strings.Contains(flags, "`"+variable+"`") && !strings.Contains(proxy, `"${`+variable+`-`) {
				t.Errorf("%s has %s, which neither the server nor haproxy.cfg knows", name, variable)
			}
			if name == "balancer" {
				if host, _, _ := strings.Cut(value, ":"); c.Services[host].StopGracePeriod <= 20*time.Second { // the defaults of both drain flags
					t.Errorf("%s=%s: no such server, or it is killed before it has drained", variable, value)
				}
			}
		}
		for _, other := range service.DependsOn {
			if _, ok := c.Services[other]; !ok {
				t.Errorf("%s depends on %s", name, other)
			}
		}
	}
	var targets []struct{ Targets []string }
	load(t, filepath.Join("prometheus", "targets.yaml"), &targets)
	for _, group := range targets {
		for _, target := range group.Targets {
			host, port, _ := strings.Cut(target, ":")
			if _, ok := c.Services[host]; !ok || !slices.Contains([]string{"9090", "8405"}, port) {
				t.Errorf("Prometheus looks for %s", target)
			}
		}
	}
}
