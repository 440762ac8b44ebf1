package dev.armature.report;

import dev.armature.evaluate.EvaluationProtocol;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.commons.lang3.StringUtils;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/**
 * A comparison as grouped bars, the baselines beside the cases: accuracies of all streams together,
 * with a sample standard deviation up and down.
 */
public final class ComparisonChart {
  private static final int HEIGHT = 600;
  private static final int LEAST_WIDTH = 800;
  private static final int WIDTH_A_ROW = 100;

  /** Letters that fit below a row's bars; longer names stand aslant. */
  private static final int LEVEL_NAME = 16;

  private static final int LONGEST_NAME = 48;

  /** Degrees. */
  private static final int SLOPE = 25;

  /** Blue and orange of the Okabe–Ito palette, which the colour-blind tell apart. */
  private static final Color[] COLOURS = {
    new Color(0x0072B2),
    new Color(0xE69F00),
    new Color(0x009E73),
    new Color(0xCC79A7),
    new Color(0x56B4E9),
    new Color(0xD55E00)
  };

  private ComparisonChart() {}

  /**
   * Draws a comparison.
   *
   * @return a PNG; empty if nothing was measured yet
   * @throws IOException if it cannot be drawn
   */
  public static Optional<byte[]> png(String title, ComparisonTable table) throws IOException {
    List<ComparisonTable.Row> rows =
        Stream.concat(table.rows().stream(), table.baselines().stream())
            .filter(row -> !row.accuracies().isEmpty())
            .toList();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(LEAST_WIDTH, 200 + WIDTH_A_ROW * rows.size()))
            .height(HEIGHT)
            .title(title)
            .yAxisTitle("top-1 accuracy, %")
            .build();
    style(chart);
    if (rows.stream().anyMatch(row -> row.name().length() > LEVEL_NAME)) {
      chart.getStyler().setXAxisLabelRotation(SLOPE);
    }
    for (EvaluationProtocol protocol : EvaluationProtocol.values()) {
      series(chart, protocol, rows);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", png);
    return Optional.of(png.toByteArray());
  }

  private static void series(
      CategoryChart chart, EvaluationProtocol protocol, List<ComparisonTable.Row> rows) {
    List<String> measures =
        rows.stream().flatMap(row -> row.combined(protocol).stream()).distinct().toList();
    if (measures.isEmpty()) {
      return;
    }
    List<String> names = new ArrayList<>();
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (ComparisonTable.Row row : rows) {
      Sample sample = row.combined(protocol).map(row.accuracies()::get).orElse(null);
      names.add(StringUtils.abbreviate(row.name(), LONGEST_NAME));
      means.add(sample == null ? null : Double.valueOf(sample.mean()));
      deviations.add(sample == null || Double.isNaN(sample.deviation()) ? 0.0 : sample.deviation());
    }
    // Cases of other modalities have other measures of all their streams.
    String title =
        measures.size() == 1
            ? ComparisonTable.title(measures.get(0))
            : measures.get(0).startsWith("knn")
                ? "kNN, all streams"
                : protocol.label() + ", all streams";
    chart.addSeries(title, names, means, deviations);
  }

  private static void style(CategoryChart chart) {
    Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    chart
        .getStyler()
        .setAvailableSpaceFill(0.8)
        .setSeriesColors(COLOURS)
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setLegendLayout(Styler.LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(plain)
        .setChartBackgroundColor(Color.WHITE);
    chart
        .getStyler()
        .setPlotGridVerticalLinesVisible(false)
        .setYAxisMin(0.0)
        // Names of cases are longer than their bars are wide.
        .setXAxisLabelRotation(25)
        .setAxisTickLabelsFont(plain)
        .setErrorBarsColor(Color.DARK_GRAY);
  }
}
