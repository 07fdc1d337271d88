package dev.millrace.examples;

import java.awt.Color;
import java.math.BigDecimal;
import java.math.MathContext;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures of series of numbers. */
final class Plots extends Picture {
  /** Told apart by colour-blind people too (Okabe and Ito). */
  private static final Color[] COLORS = {
    new Color(0x0072b2),
    new Color(0xd55e00),
    new Color(0x009e73),
    new Color(0xcc79a7),
    new Color(0xe69f00),
    new Color(0x56b4e9)
  };

  /** How many labels the x axis has room for. */
  private static final int LABELS = 16;

  private final XYChart chart;
  private double lowest = Double.POSITIVE_INFINITY;
  private double highest = Double.NEGATIVE_INFINITY;

  private Plots(XYChart chart) {
    this.chart = chart;
  }

  /** An empty plot with a title and names for the axes. */
  static Plots titled(String title, String xName, String yName) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xName)
            .yAxisTitle(yName)
            .build();
    chart
        .getStyler()
        .setSeriesColors(COLORS)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE);
    chart.getStyler().setPlotGridLinesColor(new Color(0xdddddd));
    return new Plots(chart);
  }

  /** The y axis goes by powers of ten; every value must be above 0. */
  Plots logarithmic() {
    chart.getStyler().setYAxisLogarithmic(true);
    return this;
  }

  /** Adds a line through points. */
  Plots line(String name, double[] x, double[] y) {
    chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
    lowest = Math.min(lowest, x[0]);
    highest = Math.max(highest, x[x.length - 1]);
    double step = labelStep(highest - lowest);
    chart.getStyler().setXAxisTickLabelsFormattingFunction(v -> label(v, step));
    return this;
  }

  /** The least of 1, 2, 5 times a power of ten that leaves some 16 labels on the x axis. */
  private static double labelStep(double range) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(range, 1e-9) / LABELS)));
    for (double step : new double[] {power, 2 * power, 5 * power}) {
      if (range <= LABELS * step) {
        return step;
      }
    }
    return 10 * power;
  }

  /** XChart would label every x of a line, however many there are. */
  private static String label(double x, double step) {
    double steps = Math.rint(x / step);
    return Math.abs(x / step - steps) > 1e-6
        ? ""
        : BigDecimal.valueOf(steps * step)
            .round(new MathContext(6))
            .stripTrailingZeros()
            .toPlainString();
  }

  /** Adds points without a line. */
  Plots points(String name, double[] x, double[] y) {
    return marked(name, x, y, SeriesMarkers.CIRCLE);
  }

  /** Adds points as crosses, which leave visible what lies below. */
  Plots crosses(String name, double[] x, double[] y) {
    return marked(name, x, y, SeriesMarkers.CROSS);
  }

  private Plots marked(String name, double[] x, double[] y, Marker marker) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    series.setMarker(marker);
    if (marker == SeriesMarkers.CROSS) {
      series.setMarkerColor(Color.BLACK);
    }
    return this;
  }

  /** Writes a text a little above a point. */
  Plots text(String text, double x, double y) {
    chart.addAnnotation(new AnnotationText(text, x, y, false));
    return this;
  }

  @Override
  Chart<?, ?> chart() {
    return chart;
  }
}
