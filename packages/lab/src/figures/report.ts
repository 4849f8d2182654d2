import { marked } from 'marked';
import { formatNumber } from '../terminal/output.js';
import { escapeXml } from './xml.js';

export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface ReportSection {
  /** Empty where the text brings its own. */
  readonly heading: string;
  readonly paragraphs?: readonly string[];
  /** Our own text with headings, lists and tables; shown after the paragraphs. Not escaped. */
  readonly markdown?: string;
  readonly table?: ReportTable;
  /** A figure as {@link renderSvg} draws it. */
  readonly svg?: string;
  readonly caption?: string;
}

export interface Report {
  readonly title: string;
  /** Shown under the title. */
  readonly lead?: string;
  readonly sections: readonly ReportSection[];
}

const STYLE = `
:root{color-scheme:light}
body{font:16px/1.5 "DejaVu Sans",Verdana,sans-serif;color:#1a1a1a;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2.2rem}
figure{margin:1rem 0}figure svg{max-width:100%;height:auto;border:1px solid #ddd}
figcaption,.lead{color:#444}figcaption{font-size:.9rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.3rem .7rem;border-bottom:1px solid #ddd;text-align:left}th{border-bottom:2px solid #888}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
`;

/** One HTML page that needs nothing beside itself: figures and style are inside. Text is escaped. */
export function renderReport(report: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(report.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeXml(report.title)}</h1>
${report.lead === undefined ? '' : `<p class="lead">${escapeXml(report.lead)}</p>\n`}${report.sections.map(renderSection).join('\n')}
</body>
</html>
`;
}

function renderSection(section: ReportSection, index: number): string {
  const parts = section.heading === '' ? [] : [`<h2>${escapeXml(section.heading)}</h2>`];
  for (const paragraph of section.paragraphs ?? []) parts.push(`<p>${escapeXml(paragraph)}</p>`);
  if (section.markdown !== undefined) parts.push(marked.parse(section.markdown, { async: false }).trim());
  if (section.table !== undefined) parts.push(renderHtmlTable(section.table));
  if (section.svg !== undefined)
    parts.push(renderFigure(section.svg, section.caption ?? section.heading, index));
  return `<section>\n${parts.join('\n')}\n</section>`;
}

function renderHtmlTable(table: ReportTable): string {
  const isNumeric = table.head.map((_title, column) =>
    table.rows.every((row) => typeof row[column] === 'number'),
  );
  const cell = (tag: 'th' | 'td', value: string | number, column: number): string =>
    `<${tag}${isNumeric[column] ? ' class="number"' : ''}>${escapeXml(typeof value === 'number' ? formatNumber(value) : value)}</${tag}>`;
  const line = (tag: 'th' | 'td', row: readonly (string | number)[]): string =>
    `<tr>${row.map((value, column) => cell(tag, value, column)).join('')}</tr>`;
  return (
    `<div class="wide"><table>\n<thead>${line('th', table.head)}</thead>\n` +
    `<tbody>\n${table.rows.map((row) => line('td', row)).join('\n')}\n</tbody>\n</table></div>`
  );
}

/** Ids inside a figure get its number in front: clip paths of several figures on one page must not meet. */
function renderFigure(svg: string, caption: string, index: number): string {
  const own = svg.replace(/\bid="/g, `id="f${index}-`).replace(/url\(#/g, `url(#f${index}-`);
  const named = own.replace('<svg ', `<svg role="img" aria-label="${escapeXml(caption)}" `);
  return `<figure>\n${named.trim()}\n<figcaption>${escapeXml(caption)}</figcaption>\n</figure>`;
}
