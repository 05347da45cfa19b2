package cnn

// trackStatistics moves the running statistics towards those of the step's
// batch.
func (t *Trainer) trackStatistics() {
	for i := range t.net.nodes {
		nd := &t.net.nodes[i]
		mean, variance := halves(t.net.statisticsOf(nd, t.parameters))
		numbers := float64(len(t.lesson.labels) * nd.in.H * nd.in.W)
		for c := range mean {
			m, v := t.batchMoments(nd, c)
			if numbers > 1 {
				v *= numbers / (numbers - 1)
			}
			mean[c] += float32(normMomentum * (m - float64(mean[c])))
			variance[c] += float32(normMomentum * (v - float64(variance[c])))
		}
	}
}

// batchMoments puts a channel's mean and variance together from the shards', in
// the order of their indices.
func (t *Trainer) batchMoments(nd *node, channel int) (mean, variance float64) {
	var square float64
	for i := range t.shards {
		start, end := t.part(i, len(t.lesson.labels))
		if start == end {
			continue // its statistics are of an earlier step
		}
		means, variances := halves(nd.statistics.of(t.shards[i].tape.statistics))
		m, share := float64(means[channel]), float64(end-start)/float64(len(t.lesson.labels))
		mean += share * m
		square += share * (float64(variances[channel]) + m*m)
	}
	return mean, max(square-mean*mean, 0)
}
