package datasets

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
)

// commonPairs are the 5,000 commonest pairs of pickup and dropoff zone, 96 % of
// all trips: a line for each pickup zone, "pickup:dropoff,weight,miles,seconds
// ...", where the weight is in millionths, miles are hundredths and both miles
// and seconds are the pair's medians (0: not known).
//
// They are counted on 604,555 yellow trips sampled from NYC TLC trip records of
// 2016 to 2025. The weights are then fitted to the shares of pickup zones in
// all 78 million trips of 2023 and 2024 and to those of dropoff zones in the
// samples from 2018 on.
//
//go:embed nyctaxi_pairs.txt
var commonPairs string

// rarePairs is the share of trips between other zones. Their ends are drawn one
// by one, the dropoff as the nearest of rareChoices: people go near rather than
// far, and without that there would be more different pairs than in the files.
const (
	rarePairs   = 0.0428
	rareChoices = 3
)

// Zones with rules of their own.
const (
	zoneNewark    = 1
	zoneJFK       = 132
	zoneLaGuardia = 138
	zoneElsewhere = 265
)

// A tripClass is a kind of trip whose length, tolls and tariff are alike.
type tripClass uint8

const (
	withinManhattan tripClass = iota
	sameZone
	crossing // between Manhattan and another borough
	laGuardia
	jfkManhattan // the flat fare
	jfkElsewhere
	newark
	outside // neither end in Manhattan
	tripClasses
)

// A pair is a route: where from, where to, and what is usual on it.
type pair struct {
	pu, do  int32
	miles   int32 // hundredths
	seconds int32
	class   tripClass
	crowded bool // either end in the congestion zone
}

// A network draws routes.
type network struct {
	common  []pair
	pick    alias
	rarePU  alias
	rareDO  alias
	x, y    [len(taxiZones) + 1]int64 // hundredths of a mile, of the centroids
	seconds [8192]int32               // usual for a distance in hundredths of a mile
	class   [len(taxiZones) + 1]struct{ manhattan, crowded bool }
}

func newNetwork() *network {
	n := &network{}
	var pu, do []int64
	for _, z := range taxiZones {
		n.x[z.id], n.y[z.id] = int64(math.Round(z.lon*5230)), int64(math.Round(z.lat*6900))
		n.class[z.id].manhattan = z.borough == "Manhattan"
		n.class[z.id].crowded = z.service == "Yellow Zone"
		pu, do = append(pu, z.rarePU), append(do, z.rareDO)
	}
	n.rarePU, n.rareDO = newAlias(pu), newAlias(do)
	// ln(minutes) = 2.0619 + 0.6488 ln(miles): yellow trips of 2024.
	for i := range n.seconds {
		n.seconds[i] = int32(math.Round(60 * math.Exp(2.0619) * math.Pow(float64(max(i, 5))/100, 0.6488)))
	}
	var weights []int64
	for line := range strings.Lines(commonPairs) {
		from, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		for field := range strings.FieldsSeq(rest) {
			v := strings.Split(field, ",")
			p := n.route(number(from), number(v[0]))
			weights = append(weights, int64(number(v[1])))
			if miles, seconds := number(v[2]), number(v[3]); miles > 0 && seconds > 0 {
				p.miles, p.seconds = miles, seconds
			}
			n.common = append(n.common, p)
		}
	}
	n.pick = newAlias(weights)
	return n
}

func number(text string) int32 {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		panic("datasets: nyctaxi_pairs.txt: " + err.Error())
	}
	return int32(n)
}

// route is a pair of which only the zones are known: streets are 0.6 miles and
// 0.85 of the way along the axes between the centroids.
func (n *network) route(pu, do int32) pair {
	across, along := n.x[pu]-n.x[do], n.y[pu]-n.y[do]
	miles := 60 + 85*(max(across, -across)+max(along, -along))/100
	p := pair{pu: pu, do: do, miles: int32(miles), seconds: n.seconds[min(miles, int64(len(n.seconds))-1)]}
	from, to := n.class[pu], n.class[do]
	p.crowded = from.crowded || to.crowded
	switch {
	case do == zoneNewark || pu == zoneNewark:
		p.class = newark
	case pu == do:
		p.class = sameZone
	case pu == zoneJFK && to.manhattan || do == zoneJFK && from.manhattan:
		p.class = jfkManhattan
	case pu == zoneJFK || do == zoneJFK:
		p.class = jfkElsewhere
	case pu == zoneLaGuardia || do == zoneLaGuardia:
		p.class = laGuardia
	case from.manhattan && to.manhattan:
		p.class = withinManhattan
	case from.manhattan || to.manhattan:
		p.class = crossing
	default:
		p.class = outside
	}
	return p
}

var rareRoute = chanceOf(rarePairs)

// draw picks a route.
func (n *network) draw(r *random) pair {
	if r.happens(rareRoute) {
		near := n.route(int32(r.draw(n.rarePU))+1, int32(r.draw(n.rareDO))+1)
		for range rareChoices - 1 {
			if p := n.route(near.pu, int32(r.draw(n.rareDO))+1); p.miles < near.miles {
				near = p
			}
		}
		return near
	}
	return n.common[r.draw(n.pick)]
}
