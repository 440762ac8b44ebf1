// Draws the charts from the JSON above. Colours follow the reader's scheme, light or dark.
(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('data').textContent);
  var single = data.runs.length === 1;
  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  var palette = ['#4477aa', '#ee6677', '#228833', '#ccbb44', '#66ccee', '#aa3377', '#ee8866', '#44bb99', '#99ddff', '#bbbbbb'];

  function isDark() {
    return dark.matches && !document.documentElement.classList.contains('paper');
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }

  function hue(index, count) {
    return 'hsl(' + Math.round(index * 360 / count) + ',' + (index % 2 ? 55 : 75) + '%,' + (isDark() ? 62 : 44) + '%)';
  }

  function points(curve) {
    return curve.x.map(function (x, i) { return [x, curve.y[i]]; });
  }

  function line(name, values, more) {
    return Object.assign({
      name: name, type: 'line', data: values, showSymbol: values.length < 3, symbolSize: 6,
      lineStyle: { width: 1.6 }, emphasis: { focus: 'series' }
    }, more);
  }

  // A point of a long run stands for its neighbours and lies between them: ends of axes are whole numbers.
  function first(ends) { return ends.min < 5 ? Math.min(1, Math.floor(ends.min)) : Math.floor(ends.min); }

  function last(ends) { return Math.ceil(ends.max); }

  function axes(xName, series, more) {
    var axis = { nameTextStyle: { color: colour('faint') }, axisLabel: { color: colour('faint'), hideOverlap: true },
      axisLine: { lineStyle: { color: colour('line') } }, splitLine: { lineStyle: { color: colour('line') } } };
    return Object.assign({
      animation: false, color: palette, textStyle: { fontFamily: 'system-ui, sans-serif' },
      grid: { left: 8, right: 26, top: series.length > 1 ? 46 : 16, bottom: 26, containLabel: true },
      legend: series.length > 1 ? { type: 'scroll', top: 0, textStyle: { color: colour('ink') }, pageTextStyle: { color: colour('ink') } } : undefined,
      tooltip: { trigger: 'axis', confine: true, backgroundColor: colour('card'), textStyle: { color: colour('ink') },
        valueFormatter: function (v) { return typeof v === 'number' ? String(+v.toPrecision(5)) : v; } },
      xAxis: Object.assign({ type: 'value', name: xName, nameLocation: 'middle', nameGap: 24, min: first, max: last, minInterval: 1 }, axis),
      yAxis: Object.assign({ type: 'value', scale: true }, axis),
      series: series
    }, more);
  }

  function curves(kind, key) {
    return data.runs.filter(function (run) { return run[kind][key]; })
      .map(function (run) { return line(single ? key : run.name, points(run[kind][key])); });
  }

  function family(kind, prefix) {
    var run = data.runs[0];
    return Object.keys(run[kind]).filter(function (key) { return key.indexOf(prefix) === 0; })
      .map(function (key) { return line(key.substring(prefix.length), points(run[kind][key])); });
  }

  function accuracy() {
    var series = [];
    data.runs.forEach(function (run) {
      var keys = {};
      run.evaluations.forEach(function (at) { Object.keys(at).forEach(function (key) { if (/^knn\./.test(key)) { keys[key] = true; } }); });
      var names = Object.keys(keys).filter(function (key) { return single || /-stream\.top1$/.test(key) || Object.keys(keys).length === 1; });
      names.forEach(function (key) {
        var label = key.replace(/^knn\./, '').replace(/\.top1$/, '');
        series.push(line(single ? label : run.name, run.evaluations.filter(function (at) { return key in at; })
          .map(function (at) { return [at.epoch, at[key]]; }), { showSymbol: true }));
      });
    });
    // Baselines on the same sequences: the weights it began with are the first point.
    var marks = [];
    var start = single ? data.runs[0].evaluations[0] : null;
    if (start && 'geometric.knn.top1' in start) { marks.push({ yAxis: start['geometric.knn.top1'], name: 'geometric neighbour' }); }
    var together = start ? Object.keys(start).filter(function (key) { return /-stream\.top1$/.test(key); })[0] || Object.keys(start).filter(function (key) { return /^knn\./.test(key); })[0] : null;
    if (together && start.epoch === 0) { marks.push({ yAxis: start[together], name: 'random weights, ' + together.replace(/^knn\./, '').replace(/\.top1$/, '') }); }
    if (series.length && marks.length) {
      series[0].markLine = { symbol: 'none', silent: true, lineStyle: { color: colour('faint'), type: 'dashed' },
        label: { color: colour('faint'), position: 'insideEndTop', formatter: '{b} {c}' }, data: marks };
    }
    var all = [].concat.apply(marks.map(function (mark) { return mark.yAxis; }), series.map(function (one) { return one.data.map(function (at) { return at[1]; }); }));
    var range = { min: Math.max(0, 5 * Math.floor(Math.min.apply(null, all) / 5 - 0.2)), max: Math.min(100, 5 * Math.ceil(Math.max.apply(null, all) / 5 + 0.2)) };
    return series.length ? axes('epoch', series, { yAxis: Object.assign(axes('', []).yAxis, range) }) : null;
  }

  function phases() {
    // Values are stacked over categories only: the rounds are those of the first phase.
    var series = family('rounds', 'seconds.driver.');
    if (!series.length) { return null; }
    var rounds = series[0].data.map(function (at) { return at[0]; });
    series.forEach(function (one) {
      var values = {};
      one.data.forEach(function (at) { values[at[0]] = at[1]; });
      one.data = rounds.map(function (round) { return round in values ? values[round] : 0; });
      Object.assign(one, { stack: 'all', areaStyle: { opacity: 0.6 }, lineStyle: { width: 0.5 }, showSymbol: false });
    });
    var drawn = axes('round', series);
    Object.assign(drawn.xAxis, { type: 'category', data: rounds.map(Math.round), boundaryGap: false, min: null, max: null });
    drawn.yAxis.scale = false;
    return drawn;
  }

  function map() {
    var classes = data.map.classes;
    var series = classes.map(function (name, label) {
      return { name: name, type: 'scatter', symbolSize: 7, itemStyle: { color: hue(label, classes.length), opacity: 0.85 },
        data: data.map.points.filter(function (p) { return p[2] === label; }) };
    }).filter(function (one) { return one.data.length; });
    return axes('', series, {
      legend: { type: 'scroll', bottom: 0, textStyle: { color: colour('ink') }, pageTextStyle: { color: colour('ink') } },
      grid: { left: 8, right: 8, top: 8, bottom: 40 },
      tooltip: { trigger: 'item', confine: true, backgroundColor: colour('card'), textStyle: { color: colour('ink') },
        formatter: function (at) { var text = document.createElement('div'); text.textContent = at.seriesName + ' · ' + at.data[3]; return text.innerHTML; } },
      xAxis: { show: false, scale: true }, yAxis: { show: false, scale: true }
    });
  }

  function confusion() {
    var select = document.getElementById('measure');
    var classes = data.confusion.classes;
    var cells = data.confusion.measures[select.value];
    var most = cells.reduce(function (a, cell) { return Math.max(a, cell[2]); }, 1);
    var few = classes.length <= 30;
    var axis = { type: 'category', data: classes, axisLabel: { color: colour('faint'), interval: few ? 0 : 'auto', width: 110, overflow: 'truncate', fontSize: 10 },
      axisLine: { lineStyle: { color: colour('line') } }, axisTick: { show: false }, splitArea: { show: false } };
    return {
      animation: false, textStyle: { fontFamily: 'system-ui, sans-serif' },
      grid: { left: 4, right: 4, top: 8, bottom: 44, containLabel: true },
      tooltip: { confine: true, backgroundColor: colour('card'), textStyle: { color: colour('ink') },
        formatter: function (at) { var text = document.createElement('div'); text.textContent = classes[at.data[1]] + ' taken for ' + classes[at.data[0]] + ': ' + at.data[2]; return text.innerHTML; } },
      visualMap: { min: 0, max: most, calculable: false, orient: 'horizontal', left: 'center', bottom: 0, itemHeight: 120, textStyle: { color: colour('faint') },
        inRange: { color: isDark() ? ['#1d2125', '#2f6fb3', '#d6e8fa'] : ['#f2f5f8', '#7ab2ec', '#16375c'] } },
      xAxis: Object.assign({}, axis, { axisLabel: Object.assign({}, axis.axisLabel, { rotate: 60 }) }),
      yAxis: Object.assign({ inverse: true }, axis),
      series: [{ type: 'heatmap', data: cells.map(function (cell) { return [cell[1], cell[0], cell[2]]; }), itemStyle: { borderWidth: 0 } }]
    };
  }

  function option(name) {
    switch (name) {
      case 'accuracy': return accuracy();
      case 'loss.total': return over('step', curves('steps', 'loss.total'));
      case 'loss.contrastive': return over('step', family('steps', 'loss.contrastive.'));
      case 'loss.distillation': return over('step', family('steps', 'loss.distillation.'));
      case 'learning-rate': return over('step', curves('steps', 'learning-rate'));
      case 'sequences-per-second': return over('round', curves('rounds', 'sequences-per-second'), true);
      case 'workers': return over('round', curves('rounds', 'workers').map(function (one) { return Object.assign(one, { step: 'end' }); }), true);
      case 'phases': return phases();
      case 'queue-age': return over('round', family('rounds', 'queue.'), true);
      case 'map': return map();
      case 'confusion': return confusion();
      default: throw new Error('no chart ' + name);
    }
  }

  function over(axis, series, fromZero) {
    return series.length ? axes(axis, series, fromZero ? { yAxis: Object.assign(axes('', []).yAxis, { scale: false, min: 0 }) } : {}) : null;
  }

  function drawOne(place) {
    var drawn;
    try {
      drawn = option(place.dataset.chart);
      place.closest('figure').hidden = !drawn;
      if (!drawn) { return; }
      var before = echarts.getInstanceByDom(place);
      if (before) { before.dispose(); }
      var chart = echarts.init(place, null, { renderer: 'svg' });
      chart.setOption(drawn);
      place.dataset.series = chart.getOption().series.length;
    } catch (failed) {
      // The other charts are drawn all the same.
      place.textContent = 'This chart could not be drawn: ' + failed.message;
      console.error('Uncaught in chart ' + place.dataset.chart + ': ' + failed.stack);
    }
  }

  function places() {
    return Array.prototype.slice.call(document.querySelectorAll('[data-chart]'));
  }

  function draw() {
    places().forEach(drawOne);
    document.documentElement.dataset.drawn = places().filter(function (place) { return place.dataset.series; }).length;
    document.querySelectorAll('h2').forEach(function (heading) {
      // A heading over charts alone goes with them.
      var charts = heading.id === 'loss' ? heading.nextElementSibling.nextElementSibling : null;
      if (charts) { heading.hidden = heading.nextElementSibling.hidden = !charts.querySelector('figure:not([hidden])'); }
    });
  }

  function resize() {
    places().forEach(function (place) {
      var chart = echarts.getInstanceByDom(place);
      if (chart) { chart.resize(); }
    });
  }

  draw();
  dark.addEventListener('change', draw);
  window.addEventListener('resize', resize);
  // Paper is white and narrow, and nothing can be opened on it.
  window.addEventListener('beforeprint', function () {
    document.documentElement.classList.add('paper');
    document.querySelectorAll('details').forEach(function (one) { one.open = true; });
    draw();
  });
  window.addEventListener('afterprint', function () {
    document.documentElement.classList.remove('paper');
    draw();
  });
  var select = document.getElementById('measure');
  if (select) {
    select.addEventListener('change', function () { drawOne(document.querySelector('[data-chart="confusion"]')); });
  }
})();
