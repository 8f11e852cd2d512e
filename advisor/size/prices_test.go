package size_test

import (
	"strings"
	"testing"

	"stagecoach/advisor/size"
)

// A file that lacks a field is refused with the file, the field and what to write.
func TestPricesLackingAField(t *testing.T) {
	whole := size.BuiltinPricesText()
	for _, c := range []struct{ cut, put, want string }{
		{`"date": "2026-11-21",`, ``, `p.json: date is missing; write the day`},
		{`"hourly": 1.008, `, ``, `p.json: nodes[7].hourly is missing; write what an hour of a r5.4xlarge costs, such as 1.008`},
		{`"type": "m5.xlarge", `, ``, `nodes[0].type is missing`},
		{`"vcpus": 4, "memoryGiB": 16`, `"vcpus": 4`, `nodes[0].memoryGiB is missing`},
		{`"vcpuHourly": 0.052624, `, ``, `serverless.vcpuHourly is missing`},
		{`"primary": "m5.xlarge"`, `"primary": "none"`, `primary is missing`},
		{`"currency"`, `"curency"`, `unknown field "curency"`},
		{`"emrHourly": 0.252`, `"emrHourly": -1`, `nodes[7].emrHourly is missing`},
	} {
		if !strings.Contains(whole, c.cut) {
			t.Fatalf("the built-in prices have no %s", c.cut)
		}
		if _, err := size.ReadPrices("p.json", []byte(strings.Replace(whole, c.cut, c.put, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("without %s: %v, want %q", c.cut, err, c.want)
		}
	}
}

// Other prices give other costs.
func TestPricesAreUsed(t *testing.T) {
	dear := strings.ReplaceAll(size.BuiltinPricesText(), `"vcpuHourly": 0.052624`, `"vcpuHourly": 52.624`)
	for text, best := range map[string]bool{size.BuiltinPricesText(): true, dear: false} {
		prices, err := size.ReadPrices("p.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		p, err := size.New(size.Need{Input: 500 << 30, RunsAMonth: 30}, nil, prices)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range p.Platforms {
			if x.Name == "EMR Serverless" && x.Best != best {
				t.Errorf("%s at %.2f a run is the cheapest: %v", x.Name, x.PerRun, x.Best)
			}
		}
	}
}

// Sizes read as people write them.
func TestBytes(t *testing.T) {
	for text, want := range map[string]int64{"500GB": 500 << 30, "1.5 TB": 3 << 39, "64m": 64 << 20, "7": 7, "2GiB": 2 << 30, "0": 0} {
		if got, err := size.Bytes(text); err != nil || got != want {
			t.Errorf("%s is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GB", "-1GB", "5 boxes", "1e30PB", "NaN", "5GiBB"} {
		if n, err := size.Bytes(text); err == nil {
			t.Errorf("%q is %d, want a mistake", text, n)
		}
	}
}

// No text makes the readers panic, and what they take is usable.
func FuzzPrices(f *testing.F) {
	f.Add(size.BuiltinPricesText(), "500GB")
	f.Add(`{"nodes":[{}]}`, "1.5T")
	f.Fuzz(func(t *testing.T, file, text string) {
		prices, err := size.ReadPrices("p.json", []byte(file))
		n, sizeErr := size.Bytes(text)
		if sizeErr == nil && n < 0 {
			t.Fatalf("%q is %d", text, n)
		}
		if err == nil {
			if _, err := size.New(size.Need{Input: 1 << 30}, nil, prices); err != nil {
				t.Fatal(err)
			}
		}
	})
}
