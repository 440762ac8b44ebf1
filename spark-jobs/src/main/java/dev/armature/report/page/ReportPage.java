package dev.armature.report.page;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The report of a run, or of several side by side: one HTML page that holds all it needs, charts
 * included, and asks no network for anything.
 */
public final class ReportPage {
  /** Its name within a run's folder. */
  public static final String NAME = "report.html";

  private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";

  private static final Configuration TEMPLATES = templates();

  private ReportPage() {}

  private static Configuration templates() {
    Configuration templates = new Configuration(Configuration.VERSION_2_3_35);
    templates.setClassForTemplateLoading(ReportPage.class, "");
    templates.setDefaultEncoding("UTF-8");
    templates.setLocale(Locale.ROOT);
    templates.setOutputFormat(HTMLOutputFormat.INSTANCE);
    templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    templates.setLogTemplateExceptions(false);
    return templates;
  }

  /**
   * The page.
   *
   * @param runs at least one; of a single one everything is shown, several are compared
   */
  public static String html(List<RunReport> runs) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("a report needs at least one run");
    }
    Map<String, Object> model = PageModel.common(runs);
    if (runs.size() == 1) {
      PageModel.single(runs.get(0), model);
    } else {
      PageModel.several(runs, model);
    }
    model.put("charts", ChartData.json(runs));
    model.put("style", resource("report.css"));
    model.put("script", resource("report.js"));
    model.put("echarts", resource(ECHARTS));
    StringWriter page = new StringWriter();
    try {
      TEMPLATES.getTemplate("report.ftlh").process(model, page);
    } catch (IOException | TemplateException e) {
      throw new IllegalStateException("the report's template does not fit its model", e);
    }
    return page.toString();
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }
}
