import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../http/index.js';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Custody</title>
<link rel="icon" href="data:,">
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>Custody</h1>
<p>The audit-grade MLflow server. This version has no pages of its own yet: links that an MLflow client prints lead here.</p>
<ul>
<li><a href="/api/docs">The API</a>: runs, models, data sets, the audit trail</li>
<li><a href="/health/ready">Health</a></li>
<li>On the command line: <code>custody audit --help</code></li>
</ul>
</html>
`;

/** For people who follow the link that MLflow's client prints at the end of a run. */
@ApiExcludeController()
@Controller()
export class HomeController {
  @Get()
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header(
    'content-security-policy',
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'",
  )
  page(): string {
    return PAGE;
  }
}
