/** The first thing the browser runs. */
import { render } from 'preact'
import './styles/tokens.css'

const root = document.getElementById('app')
if (root) render(<main>smd</main>, root)
