package engine

import (
	"fmt"
	"math"

	"stagecoach/engine/expr"
)

// A Grid spreads places over N partitions by the cells of a geographic grid: rows
// of one cell come together. It takes two columns of floating point numbers,
// latitude and longitude in degrees.
//
// Cells go to partitions by their hash. Neighbouring cells in one partition would
// save nothing, as nothing here asks for neighbours, and the few cells of a city
// centre that most trips begin in would all be in one.
type Grid struct {
	Cell float64 // side of a cell in degrees, from 0.000001 to 180
	N    int
}

// Partitions is N.
func (g Grid) Partitions() int { return g.N }

// Check wants two columns of floating point numbers and a cell that can be.
func (g Grid) Check(columns expr.Schema) error {
	if !(g.Cell >= 1e-6 && g.Cell <= 180) {
		return fmt.Errorf("grid of cells of %v degrees; they have from 0.000001 to 180", g.Cell)
	}
	if len(columns) != 2 {
		return fmt.Errorf("a grid takes two columns, latitude and longitude; there are %d", len(columns))
	}
	for _, c := range columns {
		if c.Type != expr.Float64 && c.Type != expr.Float32 {
			return fmt.Errorf("column %s of a grid is %v; cast it to double", c.Name, c.Type)
		}
	}
	return nil
}

// Describe names the grid as plans show it.
func (g Grid) Describe(columns []string) string {
	return fmt.Sprintf("GridPartitioning(%s, %s, %v, %d)", columns[0], columns[1], g.Cell, g.N)
}

// Place hashes each row's cell. What is no place on Earth, and what is null, is a
// cell of its own.
func (g Grid) Place(columns []*expr.Column, rows int, out []int32) error {
	cells := expr.Column{Type: expr.Int64, Len: rows, I64: make([]int64, rows)}
	for i := range rows {
		cells.I64[i] = g.cell(columns[0], columns[1], i)
	}
	expr.HashRows([]*expr.Column{&cells}, rows, out)
	for i, h := range out {
		out[i] = expr.Pmod(h, g.N)
	}
	return nil
}

// cell numbers the cells from the south-west corner, by rows of 360 degrees; -1
// is nowhere.
func (g Grid) cell(lat, lon *expr.Column, i int) int64 {
	if lat.IsNull(i) || lon.IsNull(i) {
		return -1
	}
	y, x := lat.F64[i], lon.F64[i]
	if !(y >= -90 && y <= 90 && x >= -180 && x <= 180) {
		return -1
	}
	width := int64(math.Floor(360/g.Cell)) + 1
	return int64(math.Floor((y+90)/g.Cell))*width + int64(math.Floor((x+180)/g.Cell))
}
