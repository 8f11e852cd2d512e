package optimize

import (
	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
)

// reuseExchanges lets an exchange that moves what another one moves already read
// that one's rows, as Spark's ReuseExchangeAndSubquery: the first in post-order is
// the one that runs. An exchange of other columns, as after pruning, is another one.
func reuseExchanges(root plan.Node, ctx *Context) plan.Node {
	exchanges := 0
	plan.Walk(root, func(n plan.Node) {
		if _, ok := n.(*plan.Exchange); ok {
			exchanges++
		}
	})
	if exchanges < 2 || !ctx.Config.Bool(config.ExchangeReuse) {
		return root
	}
	first := map[string]*plan.Exchange{}
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		e, ok := n.(*plan.Exchange)
		if !ok {
			return n
		}
		key := plan.Canonical(e)
		if key == "" || first[key] == nil {
			first[key] = e
			return e
		}
		reused := *e
		reused.Of = first[key]
		return &reused
	})
}
