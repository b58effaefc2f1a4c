"""An example of a document system that has its documents signed by the agent: pages, links with tokens, upload handler.

    python -m token_emulator.agent.example --port 8500

What a system of your own needs is in `static/agent.js` (the calls), `static/page.js` (a page) and `app.py` (the links
and the upload handler).
"""
