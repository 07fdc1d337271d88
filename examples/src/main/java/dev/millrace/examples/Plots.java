package dev.millrace.examples;

import java.awt.Color;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
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

  private final XYChart chart;

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
    chart.getStyler().setXAxisMaxLabelCount(11);
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
    return this;
  }

  /** Adds points without a line. */
  Plots points(String name, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
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
