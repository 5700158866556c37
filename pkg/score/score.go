package score

import (
	"encoding/json"
	"errors"
	"math"
)

// Scores are the errors of one set of forecasts f against actual values y.
type Scores struct {
	MAPE  float64 // mean of |y-f| / max(1, |y|), as LightGBM's metric mape
	SMAPE float64 // mean of 2|y-f| / (|y|+|f|), 0 where both are 0
	WAPE  float64 // sum of |y-f| / sum of |y|; NaN where all y are 0
	MAE   float64 // mean of |y-f|
	RMSE  float64 // root of the mean of (y-f)^2
	Bias  float64 // sum of (f-y) / sum of |y|; NaN where all y are 0
}

// ErrNoPairs is what Of returns for sets that are empty or of different length.
var ErrNoPairs = errors.New("nothing to score: no pairs of actual and predicted values")

// Of scores predicted against actual, both finite, pair by pair.
func Of(actual, predicted []float64) (Scores, error) {
	if len(actual) == 0 || len(actual) != len(predicted) {
		return Scores{}, ErrNoPairs
	}
	var s Scores
	var signed, total float64
	for i, y := range actual {
		f := predicted[i]
		e := math.Abs(y - f)
		s.MAPE += e / max(1, math.Abs(y))
		if sum := math.Abs(y) + math.Abs(f); sum > 0 {
			s.SMAPE += 2 * e / sum
		}
		s.MAE += e
		s.RMSE += e * e
		signed += f - y
		total += math.Abs(y)
	}
	n := float64(len(actual))
	s.WAPE, s.Bias = s.MAE/total, signed/total
	if total == 0 {
		s.WAPE, s.Bias = math.NaN(), math.NaN()
	}
	s.MAPE /= n
	s.SMAPE /= n
	s.MAE /= n
	s.RMSE = math.Sqrt(s.RMSE / n)
	return s, nil
}

// scoresJSON is the file form of Scores: null stands for NaN.
type scoresJSON struct {
	MAPE  *float64 `json:"mape"`
	SMAPE *float64 `json:"smape"`
	WAPE  *float64 `json:"wape"`
	MAE   *float64 `json:"mae"`
	RMSE  *float64 `json:"rmse"`
	Bias  *float64 `json:"bias"`
}

// MarshalJSON writes {mape, smape, wape, mae, rmse, bias}, null for NaN.
func (s Scores) MarshalJSON() ([]byte, error) {
	return json.Marshal(scoresJSON{
		pointer(s.MAPE), pointer(s.SMAPE), pointer(s.WAPE), pointer(s.MAE), pointer(s.RMSE), pointer(s.Bias),
	})
}

// UnmarshalJSON reads what MarshalJSON wrote; a member that is absent reads as NaN.
func (s *Scores) UnmarshalJSON(data []byte) error {
	var j scoresJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*s = Scores{value(j.MAPE), value(j.SMAPE), value(j.WAPE), value(j.MAE), value(j.RMSE), value(j.Bias)}
	return nil
}

func pointer(v float64) *float64 {
	if v != v {
		return nil
	}
	return &v
}

func value(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}
