package trees

import (
	"bytes"
)

// Canonical returns the text of a model without those lines of its parameters that say where and
// how it was trained and not what: two trainings that differ in files, threads or machine have
// one canonical text. The rest, the parameters' order included, stays as it is, with LF lines. It
// errs on a text that Parse refuses. The lines that go:
//
//   - files: data, valid, initscore_filename, valid_data_initscores, input_model, output_model,
//     output_result, convert_model, convert_model_language, forcedsplits_filename,
//     forcedbins_filename, parser_config_file, save_binary, enable_load_from_binary_file, snapshot_freq
//   - reading: two_round, pre_partition
//   - machine: num_threads, device_type, force_col_wise, force_row_wise, histogram_pool_size,
//     gpu_platform_id, gpu_device_id, gpu_device_id_list, gpu_use_dp, num_gpu
//   - network: num_machines, local_listen_port, time_out, machine_list_filename, machines
//   - logging: verbosity, metric_freq, is_provide_training_metric
//   - prediction: num_iteration_predict, predict_raw_score, predict_leaf_index, predict_contrib,
//     pred_early_stop, pred_early_stop_freq, pred_early_stop_margin
func Canonical(text []byte) ([]byte, error) {
	d, err := parse(text)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(d.text))
	out = append(out, d.text[:d.tail.parameters]...)
	for line := range bytes.Lines(d.text[d.tail.parameters:d.tail.parametersEnd]) {
		if !isIncidental(parameterName(bytes.TrimSuffix(line, []byte{'\n'}))) {
			out = append(out, line...)
		}
	}
	return append(out, d.text[d.tail.parametersEnd:]...), nil
}

// isIncidental reports whether a parameter of that name is left out of a canonical text.
func isIncidental(name string) bool {
	switch name {
	case "data", "valid", "initscore_filename", "valid_data_initscores", "input_model", "output_model",
		"output_result", "convert_model", "convert_model_language", "forcedsplits_filename",
		"forcedbins_filename", "parser_config_file", "save_binary", "enable_load_from_binary_file", "snapshot_freq",
		"two_round", "pre_partition",
		"num_threads", "device_type", "force_col_wise", "force_row_wise", "histogram_pool_size",
		"gpu_platform_id", "gpu_device_id", "gpu_device_id_list", "gpu_use_dp", "num_gpu",
		"num_machines", "local_listen_port", "time_out", "machine_list_filename", "machines",
		"verbosity", "metric_freq", "is_provide_training_metric",
		"num_iteration_predict", "predict_raw_score", "predict_leaf_index", "predict_contrib",
		"pred_early_stop", "pred_early_stop_freq", "pred_early_stop_margin":
		return true
	}
	return false
}
