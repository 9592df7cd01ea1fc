// A web server of somebody else: what a page of another origin tries.
import { once } from 'node:events'
import { createServer } from 'node:http'

export class Elsewhere {
  #pages = new Map()

  /** `host` is the name by which a browser reaches it. */
  static async open(t, host = '127.0.0.1') {
    const site = new Elsewhere()
    const server = createServer((request, response) => {
      const page = site.#pages.get(request.url)
      response.writeHead(page ? 200 : 404, { 'Content-Type': 'text/html', ...page?.headers })
      response.end(page?.html)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => {
      server.closeAllConnections()
      server.close()
    })
    site.url = `http://${host}:${server.address().port}`
    return site
  }

  /** Serves this page from now on: its address. */
  page(html, headers = {}) {
    const path = `/${this.#pages.size}`
    this.#pages.set(path, { html: `<!doctype html><title>Elsewhere</title>${html}`, headers })
    return this.url + path
  }
}
