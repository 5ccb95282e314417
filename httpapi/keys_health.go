package httpapi

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/keys"
)

// healthText says what a key service's trouble means and what to do.
func healthText(c keys.Cause) i18n.Text {
	switch c {
	case "":
		return i18n.T("密钥服务正常", "The key service answers")
	case keys.Sealed:
		return i18n.T("Vault 已封存：请解封（vault operator unseal）。加密字段暂时不可用，其余功能正常，解封后自动恢复",
			"Vault is sealed: unseal it (vault operator unseal). Encrypted fields are unavailable, all else works, and they come back by themselves")
	case keys.Slow:
		return i18n.T("Vault 响应超时：请检查网络与负载。断路器会定期重试", "Vault does not answer in time: look at the network and its load. The breaker tries again by itself")
	case keys.Unreachable:
		return i18n.T("无法连接 Vault：请检查地址、证书、防火墙与服务状态", "Vault can't be reached: look at the address, the certificate, the firewall and the service")
	case keys.TokenEnded:
		return i18n.T("登录 Vault 失败或令牌已过期：请检查登录凭据", "The login to Vault is refused or the token has ended: look at the credentials")
	case keys.Permission:
		return i18n.T("令牌无权使用密钥：请检查 Vault 策略", "The token may not use the key: look at Vault's policies")
	case keys.KeyMissing:
		return i18n.T("密钥不存在", "The key is not there")
	case keys.Failing, keys.Refused:
	}
	return i18n.T("Vault 返回错误：请查看其日志", "Vault answers with errors: look at its log")
}

// keyMetrics shows the key service in /metrics.
func keyMetrics(r prometheus.Registerer, s *keys.Service) {
	gauge := func(name, help string, f func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f))
	}
	counter := func(name, help string, f func() float64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, f))
	}
	gauge("tenon_keys_up", "1 while the key service answers.", func() float64 {
		if s.State().OK {
			return 1
		}
		return 0
	})
	gauge("tenon_keys_breaker_open", "1 while calls of the key service are refused at once.", func() float64 {
		if s.State().Breaker == "open" {
			return 1
		}
		return 0
	})
	gauge("tenon_keys_tenants_in_memory", "Tenants whose data keys are in memory.", func() float64 { return float64(s.Figures().Rings) })
	counter("tenon_keys_values_total", "Values sealed, opened or looked up.", func() float64 { return float64(s.Figures().Hits) })
	counter("tenon_keys_fetches_total", "Calls that unwrapped a tenant's data keys.", func() float64 { return float64(s.Figures().Fetch) })
	counter("tenon_keys_fetch_seconds_total", "Time that these calls took.", func() float64 { return s.Figures().Wait.Seconds() })
	for _, c := range []keys.Cause{keys.Sealed, keys.Slow, keys.Unreachable, keys.TokenEnded, keys.Permission, keys.KeyMissing, keys.Failing, keys.Refused} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "tenon_keys_failures_total", Help: "Fetches of data keys that failed, by cause.", ConstLabels: prometheus.Labels{"cause": string(c)},
		}, func() float64 { return float64(s.Figures().Failed[c]) }))
	}
}
