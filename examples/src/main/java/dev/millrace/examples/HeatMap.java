package dev.millrace.examples;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;

/** A picture of a matrix: the larger a number, the darker its place. */
final class HeatMap extends Picture {
  private final HeatMapChart chart;

  /**
   * Draws numbers.
   *
   * @param columns names of the columns, from left to right
   * @param rows names of the rows, from bottom to top
   * @param values [row][column], from 0 to 1
   */
  HeatMap(
      String title,
      String xName,
      String yName,
      List<String> columns,
      List<String> rows,
      float[][] values) {
    chart =
        new HeatMapChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xName)
            .yAxisTitle(yName)
            .build();
    List<Number[]> cells = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      for (int c = 0; c < columns.size(); c++) {
        cells.add(new Number[] {c, r, values[r][c]});
      }
    }
    chart.getStyler().setRangeColors(new Color[] {Color.WHITE, new Color(0x1f4e79)});
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setMin(0).setMax(1);
    chart.getStyler().setXAxisTickMarkSpacingHint(1).setYAxisTickMarkSpacingHint(1);
    chart.addSeries(title, columns, rows, cells);
  }

  @Override
  Chart<?, ?> chart() {
    return chart;
  }
}
